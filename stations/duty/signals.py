"""What duty asks of other rooms."""

from django.dispatch import Signal

gathering_duty = Signal()
"""Sent once a day: a receiver records what deputies did in its room and was not recorded at once; returns how many."""
