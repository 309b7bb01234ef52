"""The project: settings, addresses, the entrance, and where rooms meet."""

__version__ = "0.2.0"
"""The one place of the version; CHANGELOG.md has its date."""
