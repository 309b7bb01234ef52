"""Reads of notices: always one person's own, or a robot's department's."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import Case, CharField, F, OuterRef, QuerySet, Subquery, Value, When, Window
from django.db.models.functions import Cast, Concat, RowNumber

from accounts.notices.models import Delivery, Notice, NoticePreference, Robot
from accounts.permissions import scope_of


def notices_of(user: Any) -> QuerySet[Notice]:
    """What `user` was told, the newest first; nothing for the public."""
    if not user.is_authenticated:
        return Notice.objects.none()
    return Notice.objects.filter(recipient=user)


def about_each(notices: QuerySet[Notice]) -> QuerySet[Notice]:
    """Of several notices about one page the newest; those about none stand for themselves."""
    turn = Window(RowNumber(), partition_by=[_ABOUT], order_by=[F("at").desc(), F("pk").desc()])
    return notices.annotate(turn=turn).filter(turn=1).order_by("-at", "-pk")


_ABOUT = Case(When(url="", then=Concat(Value("#"), Cast("pk", CharField()))), default=F("url"))


def with_earlier(shown: Sequence[Notice], notices: QuerySet[Notice]) -> list[tuple[Notice, list[Notice]]]:
    """Each of `shown` with what was told about the same page before, the newest first; one query."""
    by_page: dict[str, list[Notice]] = defaultdict(list)
    for one in notices.filter(url__in={notice.url for notice in shown} - {""}):
        by_page[one.url].append(one)
    return [(notice, [one for one in by_page[notice.url] if one.pk != notice.pk]) for notice in shown]


def unread_count(user: Any) -> int:
    """About how many pages `user` was told something that she has not read."""
    unread = notices_of(user).filter(read_at=None).order_by()
    return unread.annotate(about=_ABOUT).values("about").distinct().count()


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
