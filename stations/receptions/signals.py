"""Signals of receptions."""

from django.dispatch import Signal

matter_forwarded = Signal()
"""A matter was forwarded: `matter`, `actor`. A receiver that accepts it returns its number there."""
