"""The HTML pages of the room: views, forms, and what a project's page gathers from the topics."""
