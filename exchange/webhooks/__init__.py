"""Webhooks: other systems are called when a point, a matter, a project or a layer changes."""
