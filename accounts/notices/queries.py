"""Reads of notices: always one person's own, or a robot's department's."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, Max, OuterRef, QuerySet, Subquery

from accounts.notices.models import Delivery, Notice, NoticePreference, Robot
from accounts.permissions import scope_of


def notices_of(user: Any) -> QuerySet[Notice]:
    """What `user` was told, the newest first; nothing for the public."""
    if not user.is_authenticated:
        return Notice.objects.none()
    return Notice.objects.filter(recipient=user)


def about_each(notices: QuerySet[Notice]) -> QuerySet[Notice]:
    """Of several notices about one page the one told last; those about none stand for themselves."""
    of_pages = notices.order_by().exclude(url="").values("url").annotate(last=Max("pk")).values("last")
    alone = notices.order_by().filter(url="").values("pk")
    return Notice.objects.filter(pk__in=of_pages.union(alone, all=True)).order_by("-at", "-pk")


MOST_EARLIER = 20


@dataclass(frozen=True, slots=True)
class Told:
    """A notice, how many were told about the same page besides, and the newest of these (`MOST_EARLIER`)."""

    notice: Notice
    others: int
    earlier: Sequence[Notice]


def with_earlier(shown: Sequence[Notice], notices: QuerySet[Notice]) -> list[Told]:
    """Each of `shown` with what else was told about its page, the newest first; two queries.

    Of a page only what is shown of it is read, however often it was told of.
    """
    pages = sorted({notice.url for notice in shown} - {""})
    counts = dict(notices.order_by().filter(url__in=pages).values_list("url").annotate(Count("pk")))
    by_page: dict[str, list[Notice]] = defaultdict(list)
    for one in _newest_of(pages, notices):
        by_page[one.url].append(one)
    return [_told(notice, by_page[notice.url], counts.get(notice.url, 1)) for notice in shown]


def _newest_of(pages: Sequence[str], notices: QuerySet[Notice]) -> Iterable[Notice]:
    """What is shown of each page, the newest first."""
    newest = [notices.filter(url=page).order_by("-at", "-pk")[: MOST_EARLIER + 1] for page in pages]
    return newest[0].union(*newest[1:], all=True) if newest else ()


def _told(notice: Notice, of_page: Sequence[Notice], told: int) -> Told:
    earlier = [one for one in of_page if one.pk != notice.pk]
    return Told(notice, told - 1, earlier[:MOST_EARLIER])


def unread_count(user: Any, most: int = 2**31 - 1) -> int:
    """About how many pages `user` was told something that she has not read; those about none stand for themselves.

    Above `most` it is not counted on: one look into the index a page, however often each was told of.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PAGES_UNREAD, {"reader": user.pk, "most": most})
        return min(cursor.fetchone()[0], most)


_PAGES_UNREAD = """
WITH RECURSIVE page(url, place) AS (
    (SELECT url, 1 FROM accounts_notice
     WHERE recipient_id = %(reader)s AND read_at IS NULL AND url > '' ORDER BY url LIMIT 1)
    UNION ALL
    SELECT (SELECT url FROM accounts_notice
            WHERE recipient_id = %(reader)s AND read_at IS NULL AND url > page.url ORDER BY url LIMIT 1), place + 1
    FROM page WHERE url IS NOT NULL AND place < %(most)s
), alone AS (
    SELECT FROM accounts_notice WHERE recipient_id = %(reader)s AND read_at IS NULL AND url = '' LIMIT %(most)s
)
SELECT (SELECT count(url) FROM page) + (SELECT count(*) FROM alone)
"""


def preference_of(user: Any) -> NoticePreference:
    """How `user` wants to be told; what holds by default while she has said nothing (not saved)."""
    return NoticePreference.objects.filter(user=user).first() or NoticePreference(user=user)


def robots_visible_to(user: Any) -> QuerySet[Robot]:
    """An officer's department's, the congress's own for the district's staff, every one for administrators.

    Each with the state of its last delivery.
    """
    last = Delivery.objects.filter(robot=OuterRef("pk"), attempts__gt=0).order_by("-tried_at")
    robots = Robot.objects.select_related("department").annotate(
        last_state=Subquery(last.values("state")[:1]),
        last_error=Subquery(last.values("error")[:1]),
        last_at=Subquery(last.values("tried_at")[:1]),
    )
    if not user.is_authenticated or user.is_service:
        return robots.none()
    if user.role == "admin":
        return robots
    if user.role == "officer":
        return robots.filter(department=user.department_id)
    keeps_the_congress_own = user.role == "staff" and scope_of(user) is None
    return robots.filter(department=None) if keeps_the_congress_own else robots.none()
