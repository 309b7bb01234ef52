"""What higher rooms answer when a digest is put together."""

from django.dispatch import Signal

gathering_digest = Signal()
"""Sent with `user` and `today`; a receiver returns lines of text about what waits for that person."""
