"""The daily digest: what waits for a person, and what she was told and has not read. Once a day for each."""

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.directory.models import User
from accounts.notices import links
from accounts.notices.models import NoticePreference, Topic
from accounts.notices.queries import about_each, notices_of
from accounts.notices.services import notify
from accounts.notices.signals import gathering_digest

DAILY = "accounts.notices.digest.send_digests"
KIND = "digest-daily"
TITLES_SHOWN = 10
DAY, LONGEST = timedelta(days=1), timedelta(days=7)


def send_digests(now: datetime | None = None) -> int:
    """Write today's digest for everybody who wants one and has something in it; return how many. Idempotent."""
    now = now or timezone.now()
    today = timezone.localdate(now)
    without = NoticePreference.objects.filter(digest=False).values("user")
    people = User.objects.filter(is_active=True, is_service=False).exclude(pk__in=without)
    with translation.override(settings.LANGUAGE_CODE):
        return sum(_send(person, today, now) for person in people.iterator())


def _send(person: Any, today: date, now: datetime) -> int:
    answers = gathering_digest.send(User, user=person, today=today)
    waiting = [line for _receiver, lines in answers for line in lines or ()]
    unread = _unread(person, now)
    if not waiting and not unread:
        return 0
    title = _("每日提要 %(month)d月%(day)d日") % {"month": today.month, "day": today.day}
    return notify([person], KIND, title, "\n".join([*waiting, *unread]), "/work/", key=f"digest:{today}")


def _link(url: str) -> str:
    """The address of a page; none of what opens something, which stands in its own notice alone."""
    return "" if links.opens_something(url) else links.absolute(url)


def _since(person: Any, now: datetime) -> datetime:
    """A day ago, or when she was sent the last digest: the worker may have stood still on a morning, or been late."""
    last = notices_of(person).filter(kind=KIND).values_list("at", flat=True).first()
    return now - DAY if last is None else max(min(last, now - DAY), now - LONGEST)


def _unread(person: Any, now: datetime) -> list[str]:
    """The titles of the notices since the last digest, a day at the least, that she has not read."""
    told = notices_of(person).filter(read_at=None, at__gt=_since(person, now))
    fresh = told.exclude(kind__startswith=f"{Topic.DIGEST}-")
    fresh = about_each(fresh)
    first = fresh.values_list("title", "url")[:TITLES_SHOWN]
    titles = [f"· {title} {_link(url)}".rstrip() for title, url in first]
    count = fresh.count()
    return [_("未读通知 %d 条：") % count, *titles] if count else []
