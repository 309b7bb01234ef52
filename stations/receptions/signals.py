"""What receptions announce to other rooms."""

from django.dispatch import Signal

matter_forwarded = Signal()
"""A matter was handed on: `matter`, `actor`. A receiver may return the number under which it goes on."""
