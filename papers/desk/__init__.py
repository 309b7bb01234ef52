"""What pages show of a paper: its story, and its whole file as one PDF."""
