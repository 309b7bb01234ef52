"""The signal that samples were written, for topics above."""

from django.dispatch import Signal

samples_written = Signal()
"""Samples of `points` were stored or corrected. Sent in the transaction that wrote them, with the points locked, so a
receiver may write too (`rectification.relapse` does); what it raises undoes the samples."""
