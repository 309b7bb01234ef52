"""Pictures and files of pages."""
