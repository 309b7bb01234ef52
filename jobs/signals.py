"""What the queue tells others."""

from django.dispatch import Signal

worker_started = Signal()
"""A worker begins; sent in its process with `lane`. It may follow one that was killed."""
