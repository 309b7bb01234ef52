"""Reads of supervision that more than one page, tile or API answer needs."""

from collections.abc import Iterable
from datetime import date
from statistics import median
from typing import Any

from django.db import connection
from django.db.models import (
    BooleanField,
    Case,
    Count,
    DateField,
    DateTimeField,
    F,
    Max,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import TruncDate
from django.utils import timezone

from supervision.clocks import Clock
from supervision.models import Finding, Suggestion, SuggestionEvent
from supervision.permissions import suggestions_visible_to
from supervision.workflow import IN_HAND, UNROUTED, Matter, State

Verb = SuggestionEvent.Verb


def matter_of(suggestion: Suggestion) -> Matter:
    """Return what the table of steps must know of a suggestion."""
    urged = suggestion.events.filter(verb=Verb.URGED).aggregate(last=Max("at"))["last"]
    asked = suggestion.co_handlings.filter(answered_at__isnull=True)
    return Matter(
        state=suggestion.state,
        author_id=suggestion.author_id,
        department_id=suggestion.department_id,
        id=suggestion.pk,
        co_departments=frozenset(asked.values_list("department", flat=True)),
        returnable_until=suggestion.returnable_until,
        due_on=suggestion.due_on,
        planned_on=suggestion.planned_on,
        redo_count=suggestion.redo_count,
        urged_on=_local_day(urged),
        is_paused=suggestion.paused_on is not None,
        is_public=suggestion.is_public,
        was_passed_on=_was_passed_on(suggestion),
        has_absorbed=suggestion.merged.exists(),
    )


def _was_passed_on(suggestion: Suggestion) -> bool:
    """Tell whether another department, not staff, gave the matter to the one that has it."""
    given = suggestion.events.filter(verb__in=[Verb.ASSIGNED, Verb.FORWARDED]).select_related("actor")
    last = given.order_by("at", "pk").last()
    return last is not None and last.verb == Verb.FORWARDED and last.actor is not None and last.actor.role == "officer"


def clock_of(suggestion: Suggestion) -> Clock:
    """Return which clock runs for the department: the one that the last event set."""
    if suggestion.state == State.REDO:
        return Clock.REDO
    kinds = [Clock.REPLY, Clock.REPLY_WIDE, Clock.FOLLOW_UP]
    given = suggestion.events.filter(clock__in=kinds).exclude(verb=Verb.ESCALATED).order_by("at", "pk")
    last = given.values_list("clock", flat=True).last()
    return Clock(last) if last else Clock.REPLY


def _local_day(moment: Any) -> date | None:
    return timezone.localdate(moment) if moment else None


def next_number(year: int) -> str:
    """Return the next free number of the year (``2026-00017``); held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('supervision.next_number'))")
    last = Suggestion.objects.filter(number__startswith=f"{year}-").aggregate(last=Max("number"))["last"]
    return f"{year}-{int(last.rpartition('-')[2]) + 1 if last else 1:05d}"


def overdue_condition(today: date | None = None) -> Q:
    """Matters whose department should have answered by now."""
    return Q(state__in=IN_HAND, due_on__lt=today or timezone.localdate(), paused_on=None)


def for_lists(suggestions: QuerySet[Suggestion]) -> QuerySet[Suggestion]:
    """Everything that a row says of a suggestion, in one query, with `is_overdue`."""
    overdue = Case(When(overdue_condition(), then=Value(True)), default=False, output_field=BooleanField())
    return suggestions.select_related(
        "department", "finding__area", "finding__point", "finding__project", "author"
    ).annotate(is_overdue=overdue)


def findings_for_lists(findings: QuerySet[Finding]) -> QuerySet[Finding]:
    """Everything that a row says of a finding."""
    rows = findings.select_related("area", "point", "project", "suggestion").annotate(photo_count=Count("photos"))
    return rows.order_by("-created_at", "-pk")


def with_timeline(suggestions: QuerySet[Suggestion]) -> QuerySet[Suggestion]:
    """A suggestion with its events, oldest first, and the photos of its finding."""
    events = SuggestionEvent.objects.select_related("actor", "department").order_by("at", "pk")
    return for_lists(suggestions).prefetch_related(Prefetch("events", events), "finding__photos")


def waiting_for_reply(suggestions: QuerySet[Suggestion]) -> QuerySet[Suggestion]:
    """What a department has in hand, the earliest due first."""
    return for_lists(suggestions).filter(state__in=IN_HAND).order_by("due_on", "pk")


def waiting_for_routing(suggestions: QuerySet[Suggestion]) -> QuerySet[Suggestion]:
    """What nobody has, the oldest first."""
    return for_lists(suggestions).filter(state__in=UNROUTED).order_by("submitted_at", "pk")


def waiting_for_rating(suggestions: QuerySet[Suggestion], author: Any) -> QuerySet[Suggestion]:
    """Answers that their author has not rated, the oldest first."""
    replied = Suggestion.State.REPLIED
    return for_lists(suggestions).filter(state=replied, author=author).order_by("submitted_at", "pk")


def overdue(suggestions: QuerySet[Suggestion]) -> QuerySet[Suggestion]:
    """What should have been answered, the longest overdue first."""
    return waiting_for_reply(suggestions).filter(overdue_condition())


def numbers(user: Any) -> dict[str, Any]:
    """Return the counts of the numbers page, over what `user` may see.

    `in_time` of `due` first replies came by their day; `due` counts every matter that was answered or is
    overdue. `median_days` is from assignment to first reply, over `replied` matters; None without any.
    """
    visible = suggestions_visible_to(user)
    replies = list(_first_replies(visible))
    late_and_silent = visible.filter(overdue_condition()).exclude(events__verb=Verb.REPLIED).count()
    in_time = sum(1 for row in replies if row["replied_on"] <= row["reply_due_on"])
    due = len(replies) + late_and_silent
    return {
        "total": visible.count(),
        "by_state": state_counts(visible),
        "overdue": visible.filter(overdue_condition()).count(),
        "replied": len(replies),
        "due": due,
        "in_time": in_time,
        "in_time_percent": round(100 * in_time / due) if due else None,
        "median_days": median(_days(replies)) if replies else None,
    }


def state_counts(suggestions: QuerySet[Suggestion]) -> list[dict[str, Any]]:
    """Count suggestions per state, in the order of the work; every state is there, even at zero."""
    found = dict(suggestions.order_by().values_list("state").annotate(count=Count("pk")))
    return [{"state": value, "label": label, "count": found.get(value, 0)} for value, label in Suggestion.State.choices]


def _first_replies(suggestions: QuerySet[Suggestion]) -> Iterable[Any]:
    """Return the day of each first reply, the day it was due, and the day of the assignment it answered."""
    events = SuggestionEvent.objects.filter(suggestion=OuterRef("pk"))
    first_reply = events.filter(verb=Verb.REPLIED).order_by("at", "pk")
    rows = suggestions.order_by().annotate(
        replied_at=Subquery(first_reply.values("at")[:1], output_field=DateTimeField()),
        reply_due_on=Subquery(first_reply.values("due_on")[:1], output_field=DateField()),
    )
    assignment = events.filter(verb=Verb.ASSIGNED, at__lte=OuterRef("replied_at")).order_by("-at", "-pk")
    return (
        rows.filter(replied_at__isnull=False)
        .annotate(
            assigned_at=Subquery(assignment.values("at")[:1], output_field=DateTimeField()),
            replied_on=TruncDate("replied_at"),
            assigned_on=TruncDate(F("assigned_at")),
        )
        .values("replied_on", "reply_due_on", "assigned_on")
    )


def _days(replies: Iterable[Any]) -> list[int]:
    return [(row["replied_on"] - row["assigned_on"]).days for row in replies]
