"""A person's own calendar read from its address some times a day: only when she is busy is kept.

The address opens the calendar, so it is kept like a password of hers: no page shows it again, no export has it. It is
asked by the guarded fetch of `geokit/fetching`: https at a public host, without redirects, bounded in bytes and time.
"""

import hashlib
import logging
from datetime import datetime, timedelta
from io import BytesIO
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.calendars.models import BusyTime, CalendarFeed
from accounts.calendars.reading import MAX_BYTES, read_busy_times
from accounts.directory.models import User
from geokit.fetching.addresses import public_host
from geokit.fetching.download import NOT_MODIFIED, OK, Bounds, Downloaded, download, unless_same
from geokit.fetching.words import bad_status, no_answer
from geokit.refusal import BadInput, Refusal
from jobs.lanes import Lane
from jobs.queue import enqueue
from jobs.waits import wait_after
from ledger import audit

log = logging.getLogger(__name__)
READ = "accounts.calendars.feeds.read_now"
EVERY = timedelta(hours=6)
FIRST_WAIT = timedelta(minutes=30)
WHOLE_EVERY = timedelta(days=30)
"""So often it is read whole even where nothing changed: what recurs is worked out a year ahead only."""
BOUNDS = Bounds(MAX_BYTES, seconds=20, silence=10)
ROUND_SECONDS = 240
"""How long one round keeps the lane."""


@transaction.atomic
def set_feed(user: User, url: str) -> CalendarFeed:
    """Read a calendar from this address from now on, in the place of another. Raises BadInput."""
    address = _https(url.strip())
    host = public_host(address)
    CalendarFeed.objects.filter(user=user).delete()
    feed = CalendarFeed.objects.create(user=user, secret=address, host=host)
    audit.record(user, "calendar-feed-set", feed)
    enqueue(READ, feed.pk, lane=Lane.FETCHES)
    return feed


def _https(url: str) -> str:
    """`webcal://` is how calendars write https."""
    scheme, mark, rest = url.partition("://")
    return f"https{mark}{rest}" if scheme.lower() in ("webcal", "webcals") else url


@transaction.atomic
def end_feed(user: User, actor: Any = None) -> None:
    """Forget the address and the busy times that came from it, by `actor` where it is not she herself.

    A second time changes nothing.
    """
    feed = CalendarFeed.objects.select_for_update().filter(user=user).first()
    if feed is not None:
        audit.record(actor or user, "calendar-feed-ended", feed)
        feed.delete()


def read_due() -> int:
    """Read the calendars that are due, the longest waiting first; how many."""
    end, read = monotonic() + ROUND_SECONDS, 0
    due = CalendarFeed.objects.filter(next_at__lte=timezone.now(), user__is_active=True).order_by("next_at", "pk")
    for feed in list(due):
        if monotonic() >= end:
            break
        _read(feed)
        read += 1
    return read


def read_now(pk: int) -> None:
    """Read one that was just set."""
    feed = CalendarFeed.objects.filter(pk=pk, user__is_active=True).first()
    if feed is not None:
        _read(feed)


def _read(feed: CalendarFeed) -> None:
    now = timezone.now()
    # Before it is asked: one that takes its process along is not the first again in the next round.
    CalendarFeed.objects.filter(pk=feed.pk).update(next_at=now + FIRST_WAIT)
    with translation.override(settings.LANGUAGE_CODE):
        try:
            content, answer = _answer(feed, now)
            if content is not None:
                _keep(feed, content, answer, now)
        except Refusal as refusal:
            _failed(feed, refusal.message, now)
            return
        except Exception:
            log.exception("reading calendar feed %s", feed.pk)
            _failed(feed, _("读取时发生内部错误，稍后再试。"), now)
            return
    CalendarFeed.objects.filter(pk=feed.pk).update(read_at=now, said="", failures=0, next_at=now + EVERY)


def _is_recent(feed: CalendarFeed, now: datetime) -> bool:
    """Whether what was worked out of it still reaches far enough ahead."""
    return feed.parsed_at is not None and now - feed.parsed_at < WHOLE_EVERY


def _answer(feed: CalendarFeed, now: datetime) -> tuple[bytes | None, Downloaded]:
    """The calendar, or None where it has not changed. Raises BadInput in words without the address."""
    public_host(feed.secret)
    asked = {"Accept": "text/calendar"}
    if _is_recent(feed, now):
        asked |= unless_same(feed.etag, feed.last_modified)
    sink = BytesIO()
    try:
        answer = download(feed.secret, sink, BOUNDS, asked)
    except OSError as error:
        raise BadInput(no_answer(error, feed.host, tells_inner=False)) from error
    if answer.status == NOT_MODIFIED:
        return None, answer
    if answer.status != OK:
        raise BadInput(bad_status(answer.status))
    return sink.getvalue(), answer


@transaction.atomic
def _keep(feed: CalendarFeed, content: bytes, answer: Downloaded, now: datetime) -> None:
    """Put its busy times in the place of those before, unless the content is the same. Raises BadInput."""
    digest = hashlib.sha256(content).hexdigest()
    if digest == feed.sha256 and _is_recent(feed, now):
        return
    spans = read_busy_times(content, now)
    if not CalendarFeed.objects.select_for_update().filter(pk=feed.pk).exists():
        return  # taken back meanwhile
    BusyTime.objects.filter(feed=feed).delete()
    BusyTime.objects.bulk_create(
        BusyTime(user_id=feed.user_id, feed=feed, starts_at=start, ends_at=end) for start, end in spans
    )
    changed = {} if digest == feed.sha256 else {"changed_at": now}
    tags = {"etag": answer.etag, "last_modified": answer.last_modified}
    CalendarFeed.objects.filter(pk=feed.pk).update(sha256=digest, parsed_at=now, **changed, **tags)


def _failed(feed: CalendarFeed, message: str, now: datetime) -> None:
    """What was read before stays; it is tried again later and later."""
    failures = min(feed.failures + 1, 1000)
    later = now + wait_after(failures, FIRST_WAIT)
    CalendarFeed.objects.filter(pk=feed.pk).update(said=message, failures=failures, next_at=later)
