"""What stations tell the rooms above them."""

from django.dispatch import Signal

matter_forwarded = Signal()
"""A matter was handed on: `matter`, `actor`. A receiver may return the number under which it goes on."""

gathering_duty = Signal()
"""Sent once a day: a receiver records what deputies did in its room and was not recorded at once; returns how many."""
