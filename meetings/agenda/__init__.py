"""What a session does and reads: its column, the items of the agenda, the documents."""
