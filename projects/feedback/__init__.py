"""What anybody says of a project, and what staff and the lead department do with it."""
