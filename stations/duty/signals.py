"""Signals of duty records."""

from django.dispatch import Signal

gathering_duty = Signal()
"""Sent once a day. A receiver records the duties of its room that are not recorded at once, and returns how many."""
