"""Waking the worker that delivers notices."""

from jobs.lanes import Lane
from jobs.queue import enqueue

DELIVER = "accounts.notices.delivery.deliver_due"
"""What the worker runs; it looks for all that is due, so waking it once too often costs nothing."""


def wake_delivery() -> None:
    """Have the worker look for what is due, once this transaction is committed."""
    enqueue(DELIVER, lane=Lane.MAIL)
