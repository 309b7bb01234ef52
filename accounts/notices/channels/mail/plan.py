"""Who gets an e-mail of a notice, and when."""

from collections.abc import Mapping, Sequence
from typing import Any

from accounts.notices.models import ALWAYS, MAIL, Delivery, Notice, NoticePreference
from accounts.notices.wishes import is_wanted, moment, wishes_of


def plan(notices: Sequence[Notice], people: Mapping[int, Any]) -> list[Delivery]:
    """An e-mail for everybody who has an address and wants one for this topic at once, or cannot be spared it."""
    wishes = wishes_of(people)
    mails = []
    for notice in notices:
        reader = notice.recipient_id or 0
        wish = wishes.get(reader) or NoticePreference()
        if people[reader].email and (notice.topic in ALWAYS or is_wanted(notice, wish.mail, wish)):
            mails.append(Delivery(notice=notice, channel=MAIL, key=notice.key, not_before=moment(notice, wish)))
    return mails
