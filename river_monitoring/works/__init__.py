"""What is done about a point: causes by type, measures with cost and progress, outfalls, and their history."""
