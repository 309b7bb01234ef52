"""Articles of an older site: which load brought which wording, and the addresses they had there."""
