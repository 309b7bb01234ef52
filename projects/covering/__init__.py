"""Copies of photos for the public, with faces, doors and number plates covered; originals stay where they are."""
