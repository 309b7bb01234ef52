"""What findings say to rooms above."""

from django.dispatch import Signal

photo_stored = Signal()
"""Sent when a photo has come in with its finding, in the same transaction: `photo` (FindingPhoto) and `original`
(CleanPhoto, with what its EXIF said of place and time, which the stored file no longer holds)."""
