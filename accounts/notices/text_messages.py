"""Text messages to somebody without an account, kept nowhere: the number is the caller's, who keeps it locked up."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from accounts import rules
from accounts.notices.channels import OWN_CHANNELS
from accounts.notices.channels.base import Words
from accounts.notices.models import SMS
from accounts.rate_limits import Limit, spend

DAY = timedelta(days=1)


def are_offered() -> bool:
    """Tell whether the operator has set up text messages."""
    return not OWN_CHANNELS[SMS].missing()


def clean_phone(text: str) -> str:
    """Return a mobile number as it is asked for. Raises BadInput."""
    return OWN_CHANNELS[SMS].clean(text)


def send_text(phone: str, kind: str, title: Any, values: Mapping[str, str]) -> None:
    """Send now. Raises UnknownAddress, NeverDelivered, NotDelivered or OSError."""
    OWN_CHANNELS[SMS].say(phone, Words(kind, str(title), values=values))


def spend_of_site() -> None:
    """Count one text message that somebody asked for, a code or a link, of those of the whole site. Raises TooMany."""
    spend(Limit("text-messages", rules.value("limits.texts_day"), DAY), "all")
