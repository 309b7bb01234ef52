"""Reads of supervision that more than one page, tile or API answer needs."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import (
    BooleanField,
    Case,
    Count,
    DateField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from ledger import numbers
from supervision.deadlines.clocks import Clock
from supervision.findings.models import Finding, FindingPhoto
from supervision.matters.models import CoHandling, MatterLink, Suggestion, SuggestionEvent
from supervision.matters.states import Matter, State
from supervision.matters.table import IN_HAND, UNROUTED

Verb = SuggestionEvent.Verb


class Told(NamedTuple):
    """An event as the table of steps looks back on it."""

    verb: str
    at: Any
    actor: int | None


def matter_of(suggestion: Suggestion) -> Matter:
    """Return what the table of steps must know of a suggestion."""
    return matters_of([suggestion])[suggestion.pk]


def matters_of(suggestions: Sequence[Suggestion]) -> dict[int, Matter]:
    """Return by key what the table of steps must know of each: three queries, however many there are."""
    keys = [suggestion.pk for suggestion in suggestions]
    asked = CoHandling.objects.filter(suggestion__in=keys, answered_at__isnull=True)
    co_departments: dict[int, set[int]] = defaultdict(set)
    for key, department in asked.values_list("suggestion", "department"):
        co_departments[key].add(department)
    absorbed = set(Suggestion.objects.filter(merged_into__in=keys).order_by().values_list("merged_into", flat=True))
    told = _told(keys)
    return {
        one.pk: _matter(one, frozenset(co_departments[one.pk]), one.pk in absorbed, told[one.pk]) for one in suggestions
    }


def _told(keys: Sequence[int]) -> dict[int, list[Told]]:
    """The events that say whether an urge or a request stands, the newest first."""
    verbs = {Verb.URGED, Verb.URGE_WITHDRAWN, *REQUESTS, *SETTLES}
    rows = SuggestionEvent.objects.filter(suggestion__in=keys, verb__in=verbs).order_by("-at", "-pk")
    told: dict[int, list[Told]] = defaultdict(list)
    for key, verb, at, actor in rows.values_list("suggestion", "verb", "at", "actor"):
        told[key].append(Told(verb, at, actor))
    return told


def _matter(suggestion: Suggestion, asked: frozenset[int], has_absorbed: bool, told: Sequence[Told]) -> Matter:
    urged, urge_by = _last_urge(suggestion, told)
    newest = next((event.verb for event in told if event.verb in (*REQUESTS, *SETTLES)), "")
    return Matter(
        state=suggestion.state,
        author_id=suggestion.author_id,
        department_id=suggestion.department_id,
        id=suggestion.pk,
        co_departments=asked,
        returnable_until=suggestion.returnable_until,
        due_on=suggestion.due_on,
        planned_on=suggestion.planned_on,
        redo_count=suggestion.redo_count,
        urged_on=_local_day(urged),
        urge_by=urge_by,
        is_paused=suggestion.paused_on is not None,
        is_public=suggestion.is_public,
        has_absorbed=has_absorbed,
        request=newest if newest in REQUESTS else "",
    )


def _last_urge(suggestion: Suggestion, told: Sequence[Told]) -> tuple[Any, str]:
    """When somebody urged last, and who, unless that was taken back or the matter was answered or given away since."""
    known = (Verb.URGED, Verb.URGE_WITHDRAWN, Verb.REPLIED, *GIVEN)
    events = [event for event in told if event.verb in known][:LOOKED_BACK]
    last = next((event for event in events if event.verb == Verb.URGED), None)
    if last is None:
        return None, ""
    stands = events[0] == last
    return last.at, ("author" if last.actor == suggestion.author_id else "staff") if stands else ""


LOOKED_BACK = 20
"""Events that say whether an urge stands; an older one is over in any case."""
GIVEN = (Verb.ASSIGNED, Verb.FORWARDED, Verb.PASSED_ON)
"""What gives a matter to a department; its time for returning begins with it."""
REQUESTS = (Verb.RETURN_ASKED, Verb.FORWARD_ASKED, Verb.EXTEND_ASKED)
SETTLES = (
    Verb.ASK_DROPPED, Verb.ASK_REFUSED, Verb.EXTENDED, Verb.PASSED_ON, Verb.RETURNED, Verb.ASSIGNED, Verb.FORWARDED,
    Verb.RECALLED, Verb.REPLIED, Verb.MERGED,
)  # fmt: skip
"""What ends a request: a decision, taking it back, or whatever takes the matter out of the hands that asked."""


def _newest_of_requests(suggestion: Any) -> QuerySet[SuggestionEvent]:
    found = SuggestionEvent.objects.filter(suggestion=suggestion, verb__in=[*REQUESTS, *SETTLES])
    return found.order_by("-at", "-pk")


def open_request(suggestion: Suggestion) -> SuggestionEvent | None:
    """Return the request of its department that waits for a decision."""
    newest = _newest_of_requests(suggestion.pk).select_related("department").first()
    return newest if newest and newest.verb in REQUESTS else None


def waiting_for_decision(suggestions: QuerySet[Suggestion]) -> QuerySet[Suggestion]:
    """What a department asked to return, to pass on or to answer later, the earliest due first."""
    newest = Subquery(_newest_of_requests(OuterRef("pk")).values("verb")[:1])
    rows = for_lists(suggestions).filter(state__in=IN_HAND).annotate(last_request=newest)
    return rows.filter(last_request__in=REQUESTS).order_by("due_on", "pk")


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
    return numbers.next_number(Suggestion.objects.all(), f"{year}-", 5, turn="supervision.next_number")


def overdue_condition(today: date | None = None) -> Q:
    """Matters whose department should have answered by now."""
    return Q(state__in=IN_HAND, due_on__lt=today or timezone.localdate(), paused_on=None)


OUTLINES = ("area__geom", "finding__area__geom", "finding__project__geom", "split_from__finding__area__geom")
"""What no row of a list says: a town's outline is larger than everything else of the row together."""


def for_lists(suggestions: QuerySet[Suggestion]) -> QuerySet[Suggestion]:
    """Everything that a row says of a suggestion, in one query, with `is_overdue` and `runs_until`.

    `runs_until` is the day of the reply, and none while its clock is paused.
    """
    runs_until = Case(When(paused_on=None, then="due_on"), output_field=DateField())
    overdue = Case(When(overdue_condition(), then=Value(True)), default=False, output_field=BooleanField())
    rows = suggestions.select_related(
        "department",
        "area",
        "finding__area",
        "finding__point",
        "finding__project",
        "author",
        "split_from__finding__area",
    )
    return rows.defer(*OUTLINES).annotate(is_overdue=overdue, runs_until=runs_until)


def findings_for_lists(findings: QuerySet[Finding]) -> QuerySet[Finding]:
    """Everything that a row says of a finding."""
    photos = FindingPhoto.objects.filter(finding=OuterRef("pk")).order_by().values("finding")
    count = Coalesce(Subquery(photos.annotate(count=Count("pk")).values("count")), 0)
    rows = findings.select_related("area", "point", "project", "suggestion").defer("area__geom", "project__geom")
    return rows.annotate(photo_count=count).order_by("-created_at", "-pk")


def with_timeline(suggestions: QuerySet[Suggestion]) -> QuerySet[Suggestion]:
    """A suggestion with its events, oldest first, and the photos of its finding."""
    events = SuggestionEvent.objects.select_related("actor__department", "department", "other").order_by("at", "pk")
    events = events.prefetch_related("files")
    links = MatterLink.objects.select_related("point", "project", "station")
    return (
        for_lists(suggestions)
        .select_related("merged_into", "finding__station", "split_from__finding__area")
        .prefetch_related(Prefetch("events", events), Prefetch("links", links), "finding__photos")
        .prefetch_related("co_handlings__department", "merged", "parts")
    )


def waiting_for_reply(suggestions: QuerySet[Suggestion]) -> QuerySet[Suggestion]:
    """What a department has in hand, the earliest due first."""
    return for_lists(suggestions).filter(state__in=IN_HAND).order_by("due_on", "pk")


def waiting_for_opinion(suggestions: QuerySet[Suggestion], department_id: int | None) -> QuerySet[Suggestion]:
    """What a department was asked to advise on, with `opinion_due_on`, the earliest due first.

    `opinion_runs_until` is the same day, and none while the clock is paused.
    """
    asked = CoHandling.objects.filter(suggestion=OuterRef("pk"), department=department_id, answered_at=None)
    rows = for_lists(suggestions).filter(state__in=IN_HAND).exclude(department=department_id)
    rows = rows.annotate(opinion_due_on=Subquery(asked.values("due_on")[:1], output_field=DateField()))
    rows = rows.annotate(opinion_runs_until=Case(When(paused_on=None, then="opinion_due_on"), output_field=DateField()))
    return rows.filter(opinion_due_on__isnull=False).order_by("opinion_due_on", "pk")


def waiting_for_acceptance(suggestions: QuerySet[Suggestion]) -> QuerySet[Suggestion]:
    """What the public reported and nobody has looked at, the oldest first."""
    return for_lists(suggestions).filter(state=State.RECEIVED).order_by("submitted_at", "pk")


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
