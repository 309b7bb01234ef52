"""The minutes of a session, as a Word document."""
