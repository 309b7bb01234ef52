"""Notices are messages, not records: what they tell of is kept where it happened. Old ones go every night."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from accounts.notices.models import Notice

READ_FOR = timedelta(days=366)
"""How long a notice is kept after it was read. Long, for its key keeps an event from being told twice."""
UNREAD_FOR = timedelta(days=731)
"""Nobody looks for what she has not read in two years."""
AT_ONCE = 5_000
"""Notices that one statement deletes, with their deliveries."""


def forget_old(now: datetime | None = None) -> int:
    """Delete what is over, deliveries and all; how many notices. The worker does it every night."""
    now = now or timezone.now()
    over = Notice.objects.filter(Q(read_at__lt=now - READ_FOR) | Q(at__lt=now - UNREAD_FOR))
    gone = 0
    while keys := list(over.order_by().values_list("pk", flat=True)[:AT_ONCE]):
        Notice.objects.filter(pk__in=keys).delete()
        gone += len(keys)
    return gone
