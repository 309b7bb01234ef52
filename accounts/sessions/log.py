"""Writing the log of signing in, and letting go of what is older than the district's rule says."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from accounts import rules
from accounts.rate_limits import address_of, network_of
from accounts.rate_limits.services import digest_of
from accounts.sessions.device import device_words
from accounts.sessions.models import SignInEvent

Outcome = SignInEvent.Outcome
LEAST_DAYS = 184
"""Six months, as the law on network security asks of logs; the trigger in the database holds the same."""
AT_ONCE = 5_000
"""Rows that one statement of the clean-up deletes."""


def traces_of(request: HttpRequest | None) -> dict[str, str]:
    """Return the network and device that ask, as the log and the list of sessions keep them."""
    if request is None or not request.META.get("REMOTE_ADDR"):
        return {"network": "", "device": ""}
    device = device_words(request.META.get("HTTP_USER_AGENT", ""))
    return {"network": network_of(address_of(request)), "device": device}


def write(
    request: HttpRequest | None, outcome: Outcome, user: Any = None, *, factor: str = "", way: str = "", name: str = ""
) -> None:
    """Add a line; `name` is what was typed where no such account is, and only its digest is kept."""
    unknown = digest_of(name) if user is None and name else ""
    SignInEvent.objects.create(
        user=user, outcome=outcome, factor=factor, way=way, unknown_name=unknown, at=timezone.now(),
        **traces_of(request),
    )  # fmt: skip


def forget_old(now: datetime | None = None) -> int:
    """Delete what is older than the rule; return how many. The worker does it every night."""
    before = (now or timezone.now()) - timedelta(days=max(rules.value("signin.log_days"), LEAST_DAYS))
    gone = 0
    while keys := list(SignInEvent.objects.filter(at__lt=before).order_by().values_list("pk", flat=True)[:AT_ONCE]):
        gone += SignInEvent.objects.filter(pk__in=keys).delete()[0]
    return gone
