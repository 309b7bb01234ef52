"""What people said about how they want to be told, the same for every channel to a person."""

from collections.abc import Iterable
from datetime import datetime, time

from accounts.notices.models import ALWAYS, QUIET_FROM, QUIET_UNTIL, Delivery, Notice, NoticePreference, Topic
from accounts.notices.quiet import after_quiet

When = NoticePreference.Mail


def wishes_of(people: Iterable[int]) -> dict[int, NoticePreference]:
    """Return the wishes by the reader's key; who said nothing is not in it."""
    return {wish.user_id: wish for wish in NoticePreference.objects.filter(user__in=list(people))}


def is_wanted(notice: Notice, when: str, wish: NoticePreference) -> bool:
    """Tell whether a notice goes out to somebody who wants this channel `when` (at once, in the digest, never)."""
    if notice.topic == Topic.DIGEST:
        return when != When.NEVER
    return when == When.AT_ONCE and notice.topic not in wish.muted


def moment(notice: Notice, wish: NoticePreference) -> datetime:
    """When a notice goes out: not in the quiet hours, but for what its reader would be robbed of by silence."""
    return notice.at if notice.topic in ALWAYS else after_quiet(notice.at, wish.quiet_from, wish.quiet_until)


def quiet_hours(delivery: Delivery) -> tuple[time, time]:
    """The quiet hours of the reader of a delivery."""
    wish = NoticePreference.objects.filter(user=delivery.notice.recipient_id or 0).first()
    return (wish.quiet_from, wish.quiet_until) if wish else (QUIET_FROM, QUIET_UNTIL)
