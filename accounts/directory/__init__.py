"""Who and what the platform knows of: administrative areas, departments, people and their roles."""
