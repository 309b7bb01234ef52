"""What the store says to rooms above."""

from django.dispatch import Signal

files_checked = Signal()
"""Sent after rows and files were compared: `report` (`reconciliation.Report`)."""
