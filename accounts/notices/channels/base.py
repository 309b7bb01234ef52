"""What a channel is: a way by which notices reach their readers outside the site."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any

from accounts.notices.models import Delivery, Notice


class NotDelivered(Exception):
    """The other side did not take the message; the text says what it said, without address or secret."""


def never(_delivery: Delivery) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Channel:
    """One way. Retries, quiet hours and claims are the delivery's (`accounts.notices.delivery`), the same for all."""

    name: str
    """As `Delivery.channel` keeps it; at most ten letters."""
    label: Any
    """Its name for people, translated when shown."""
    plan: Callable[[Sequence[Notice], Mapping[int, Any]], list[Delivery]]
    """From fresh notices and their readers by key: the deliveries, unsaved, that go this way."""
    send: Callable[[Delivery], None]
    """Send one now. Raises NotDelivered, Refusal (never to be tried again), SMTPException or OSError."""
    quiet_hours: Callable[[Delivery], tuple[time, time]]
    """From when until when this delivery disturbs nobody; local time."""
    must_wait: Callable[[Delivery], bool] = never
    """Whether the other side has had as many messages as it takes; asked again a minute later."""
