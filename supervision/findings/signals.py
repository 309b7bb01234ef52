"""What findings say to rooms above."""

from django.dispatch import Signal

photo_stored = Signal()
"""Sent when a photo has come in with its finding, in the same transaction: `photo` (FindingPhoto) and `original`
(CleanPhoto, with what its EXIF said of place and time, which the stored file no longer holds)."""

finding_erased = Signal()
"""Sent within an erasure, for each finding whose words and photos go: `finding` (Finding). A receiver returns the rows
of chained tables in which its room holds the same words or photos, and takes away itself what else it knows of them."""
