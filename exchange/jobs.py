"""What the workers do: bring changes to partners, call webhooks, forget what is old."""

from datetime import time, timedelta
from typing import Any

from jobs.lanes import Lane
from jobs.schedules import keep_schedules

PUSH = "exchange.jobs.push_changes"
FORGET = "exchange.jobs.forget_old_differences"
CALL = "exchange.jobs.call_webhooks"
FORGET_CALLS = "exchange.jobs.forget_old_calls"
KEPT = timedelta(days=90)
"""How long a package can be taken back."""


def push_changes() -> dict[str, str]:
    """Send every partner whose time has come what changed; what became of it, by origin."""
    from exchange.sending.delivery import push_due

    return push_due()


def push_to(pk: int) -> str:
    """Send one partner what changed, now."""
    from exchange.sending.delivery import push

    return push(pk)


def forget_old_differences() -> int:
    """Delete what records were before packages of more than 90 days ago; how many rows."""
    from django.utils import timezone

    from exchange.register.models import TakenRecord

    return TakenRecord.objects.filter(taking__at__lt=timezone.now() - KEPT).delete()[0]


def call_webhooks() -> int:
    """Make the calls that are due; how many got a good answer."""
    from exchange.webhooks.calling import call_due

    return call_due()


def forget_old_calls() -> int:
    """Delete calls of more than 30 days ago; how many."""
    from exchange.webhooks.calling import forget_old_calls as forget

    return forget()


def schedule(using: str, **kwargs: Any) -> None:
    """Push every ten minutes, call every minute, forget every night. Safe to run after every migration."""
    keep_schedules(using, minutes={PUSH: 10}, daily={FORGET: time(3, 40), FORGET_CALLS: time(3, 45)})
    keep_schedules(using, minutes={CALL: 1}, lane=Lane.MAIL)
