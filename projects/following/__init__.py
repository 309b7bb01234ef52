"""News of projects, and those who follow a project by e-mail."""
