"""Answers as documents: Word templates, and the sealed scans that come back."""
