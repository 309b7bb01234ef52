"""What the workers do: bring changes to partners, forget how records were before packages of long ago."""

from datetime import time, timedelta
from typing import Any

from jobs.schedules import keep_schedules

PUSH = "exchange.jobs.push_changes"
FORGET = "exchange.jobs.forget_old_differences"
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


def schedule(using: str, **kwargs: Any) -> None:
    """Push every ten minutes, forget every night. Safe to run after every migration."""
    keep_schedules(using, minutes={PUSH: 10}, daily={FORGET: time(3, 40)})
