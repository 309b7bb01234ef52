"""Channels to an address of one person's own: her telephone, her account in DingTalk or WeCom.

Nothing but the code goes there before she has confirmed it. A page that opens by its address alone is never linked:
the employer whose program it is, or the provider of text messages, may read along.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.district import current
from accounts.notices import links
from accounts.notices.channels.base import Channel, NeverDelivered, Own, Words
from accounts.notices.models import ALWAYS, Delivery, Notice, NoticePreference, OwnAddress
from accounts.notices.wishes import is_wanted, moment, quiet_hours, wishes_of

Wait = Callable[[Delivery], bool]


def channel(name: str, label: Any, own: Own, *most: tuple[timedelta, int]) -> Channel:
    """Return the channel of that name; `most`: how many messages one person gets in a span of time."""

    def plan(notices: Sequence[Notice], people: Mapping[int, Any]) -> list[Delivery]:
        return [] if own.missing() else _plan(name, notices, people)

    def send(delivery: Delivery) -> None:
        own.say(_address_of(name, delivery), words_of(delivery))

    def must_wait(delivery: Delivery) -> bool:
        return any(_sent(delivery, span) >= count for span, count in most)

    return Channel(name, label, plan, send, quiet_hours, must_wait, bundles=True, own=own)


def _plan(name: str, notices: Sequence[Notice], people: Mapping[int, Any]) -> list[Delivery]:
    """A message for everybody who has confirmed an address here and wants one for this topic."""
    confirmed = OwnAddress.objects.filter(channel=name, user__in=list(people), confirmed_at__isnull=False)
    wanted = {row.user_id: row.wanted for row in confirmed}
    if not wanted:
        return []
    wishes, planned = wishes_of(wanted), []
    for notice in notices:
        reader = notice.recipient_id or 0
        wish, when = wishes.get(reader) or NoticePreference(), wanted.get(reader, NoticePreference.Mail.NEVER)
        if is_wanted(notice, when, wish) or (notice.topic in ALWAYS and when != NoticePreference.Mail.NEVER):
            planned.append(Delivery(notice=notice, channel=name, key=notice.key, not_before=moment(notice, wish)))
    return planned


def _address_of(name: str, delivery: Delivery) -> str:
    rows = OwnAddress.objects.filter(channel=name, user=delivery.notice.recipient_id or 0)
    address = rows.exclude(confirmed_at=None).values_list("address", flat=True).first()
    if not address:
        raise NeverDelivered("The reader has taken this address back.")
    return address


def words_of(delivery: Delivery) -> Words:
    """Return a notice as it goes to a person's own address."""
    notice = delivery.notice
    url = "" if links.opens_something(notice.url) else links.absolute(notice.url)
    lines = [notice.body, *(f"· {one.notice.title}" for one in delivery.along)]
    body = "\n".join(filter(None, [*lines, f"{timezone.localtime(notice.at):%m-%d %H:%M} {current().title}"]))
    return Words("notice", notice.title, body, url, {"title": notice.title})


def _sent(delivery: Delivery, span: timedelta) -> int:
    """How many messages this person got on this way lately, without this one; what went along was no message."""
    lately = Delivery.objects.filter(channel=delivery.channel, tried_at__gt=timezone.now() - span)
    return (
        lately.filter(notice__recipient=delivery.notice.recipient_id)
        .exclude(pk=delivery.pk)
        .values("tried_at")
        .distinct()
        .count()
    )
