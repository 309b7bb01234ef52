"""Writing the planned district into the database, topic by topic, in bulk."""
