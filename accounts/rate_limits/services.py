"""How often somebody without an account may do something: one counter per thing, network address and span of time.

The counters are in the database, so every process of the server counts the same; the address is kept only as a keyed
digest. An attempt is counted before anything else is done with it, in a transaction of its own.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext

from accounts.rate_limits.models import RateCount
from geokit.refusal import TooMany

LONGEST_SPAN = timedelta(days=2)
"""No limit counts over a longer time, so an older counter limits nobody."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` times within each span of `per`; `name` keeps the counters of different things apart.

    Raises ValueError for a span longer than counters are kept.
    """

    name: str
    most: int
    per: timedelta

    def __post_init__(self) -> None:
        if self.per > LONGEST_SPAN:
            raise ValueError(f"{self.name}: counters are kept for {LONGEST_SPAN} only")


def digest_of(text: str) -> str:
    """Return a digest that tells two texts apart but, without the site's secret, not what they were (32 hex digits)."""
    return blake2b(text.encode(), digest_size=16, key=settings.SECRET_KEY.encode()[:64]).hexdigest()


def spend(limit: Limit, who: str, now: datetime | None = None) -> int:
    """Count one attempt of `who` (an address or the like) and return how many that makes in this span.

    Raises TooMany when there were more than `limit.most`.
    """
    now = now or timezone.now()
    count = _count(limit, digest_of(who), _span(limit, now))
    if count > limit.most:
        minutes = max(1, round((_span(limit, now) + limit.per - now) / timedelta(minutes=1)))
        raise TooMany(
            gettext("操作过于频繁，请约 %(minutes)d 分钟后再试。急事请直接拨打 12345。") % {"minutes": minutes},
            retry_after=minutes * 60,
        )
    return count


def forget_ended(now: datetime | None = None) -> int:
    """Delete the counters of spans that are surely over; return how many. The worker does it every night."""
    return RateCount.objects.filter(since__lt=(now or timezone.now()) - LONGEST_SPAN).delete()[0]


def _span(limit: Limit, now: datetime) -> datetime:
    """Return when the span that holds `now` began."""
    seconds = int(limit.per.total_seconds())
    return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, tz=now.tzinfo)


def _count(limit: Limit, who: str, since: datetime) -> int:
    table = connection.ops.quote_name(RateCount._meta.db_table)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} AS r (name, who, since, count) VALUES (%s, %s, %s, 1)"  # noqa: S608 - our own table
            " ON CONFLICT (name, who, since) DO UPDATE SET count = r.count + 1 RETURNING count",
            [limit.name, who, since],
        )
        return int(cursor.fetchone()[0])
