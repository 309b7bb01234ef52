"""What was answered: per question, by area, crossed, on a map, and as a table to take away."""
