"""Who gets an e-mail of a notice, and when."""

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any

from accounts.notices.models import ALWAYS, MAIL, QUIET_FROM, QUIET_UNTIL, Delivery, Notice, NoticePreference, Topic
from accounts.notices.quiet import after_quiet


def plan(notices: Sequence[Notice], people: Mapping[int, Any]) -> list[Delivery]:
    """An e-mail for everybody who has an address and wants one for this topic at once, or cannot be spared it."""
    wishes = {wish.user_id: wish for wish in NoticePreference.objects.filter(user__in=people)}
    mails = []
    for notice in notices:
        reader = notice.recipient_id or 0
        wish = wishes.get(reader) or NoticePreference()
        if people[reader].email and _is_wanted(notice, wish):
            urgent = notice.topic in ALWAYS
            when = notice.at if urgent else after_quiet(notice.at, wish.quiet_from, wish.quiet_until)
            mails.append(Delivery(notice=notice, channel=MAIL, key=notice.key, not_before=when))
    return mails


def _is_wanted(notice: Notice, wish: NoticePreference) -> bool:
    if notice.topic in ALWAYS:
        return True
    if notice.topic == Topic.DIGEST:
        return wish.mail != NoticePreference.Mail.NEVER
    return wish.mail == NoticePreference.Mail.AT_ONCE and notice.topic not in wish.muted


def quiet_hours(delivery: Delivery) -> tuple[time, time]:
    wish = NoticePreference.objects.filter(user=delivery.notice.recipient_id or 0).first()
    return (wish.quiet_from, wish.quiet_until) if wish else (QUIET_FROM, QUIET_UNTIL)
