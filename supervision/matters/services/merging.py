"""Matters that belong together or apart: merge and its undoing, split, and what a matter is about."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from projects.models import Project
from river_monitoring.models import MonitoringPoint
from stations.models import Station
from supervision.deadlines import periods
from supervision.deadlines.clocks import Clock
from supervision.findings.models import Category
from supervision.findings.permissions import linkable
from supervision.matters import table
from supervision.matters.models import MatterLink, Suggestion, SuggestionEvent
from supervision.matters.permissions import person_of
from supervision.matters.queries import matter_of, next_number
from supervision.matters.services.steps import (
    locked,
    locked_step,
    note,
    record,
    refuse,
    refuse_unknown,
    route_of,
    send_on,
    shift,
    take,
)
from supervision.matters.table import IN_HAND, Verb

MAX_PARTS = 9
MAX_LINKS = 20


@transaction.atomic
def merge(actor: Any, suggestion_id: int, *, version: int, other: Suggestion | None, text: str = "") -> Suggestion:
    """Join a matter to another about the same thing; the answer to that one answers both."""
    for pk in sorted({suggestion_id, other.pk if other else suggestion_id}):
        locked(actor, pk)  # always in one order, so that two merges cannot wait for each other
    suggestion, step = locked_step(actor, suggestion_id, Verb.MERGE, version, {"other": other})
    into = locked(actor, other.pk) if other else suggestion
    if into.pk == suggestion.pk:
        raise refuse("other", "itself", gettext("不能并入自己，请选择另一件。"))
    absorb = _step(actor, into, Verb.ABSORB)
    suggestion.merged_into = into
    take(suggestion, step, actor, other=into, text=text)
    note(into, absorb, actor, other=suggestion, text=text)
    return suggestion


@transaction.atomic
def unmerge(actor: Any, suggestion_id: int, *, version: int, text: str) -> Suggestion:
    """Undo a merge: the matter stands where it stood, with the time on its clock that it had then."""
    suggestion, step = locked_step(actor, suggestion_id, Verb.UNMERGE, version, {"text": text})
    into = locked(actor, suggestion.merged_into_id or 0)
    release = _step(actor, into, Verb.RELEASE)
    suggestion.merged_into = None
    event = take(suggestion, step, actor, other=into, text=text)
    if suggestion.state in IN_HAND:
        merged = suggestion.events.filter(verb=SuggestionEvent.Verb.MERGED).latest("at", "pk")
        shift(suggestion, (timezone.localdate(event.at) - timezone.localdate(merged.at)).days)
        suggestion.save(update_fields=["due_on"])
    note(into, release, actor, other=suggestion, text=text)
    return suggestion


def _step(actor: Any, suggestion: Suggestion, verb: Verb) -> table.Transition:
    return table.transition_for(person_of(actor), matter_of(suggestion), verb, timezone.localdate())


@transaction.atomic
def split(actor: Any, suggestion_id: int, *, version: int, title: str, text: str, category: str = "") -> Suggestion:
    """Make a matter of its own of a part (一事一议); it goes where the rules send its category. Returns the part."""
    refuse_unknown("category", category, Category.values)
    suggestion, step = locked_step(actor, suggestion_id, Verb.SPLIT, version, {"title": title, "text": text})
    origin = suggestion.split_from or suggestion
    if origin.parts.count() >= MAX_PARTS:
        raise refuse("title", "too-many-parts", gettext("一件最多拆分出 %d 件。") % MAX_PARTS)
    part = _part_of(suggestion, title.strip(), text.strip(), category or suggestion.category)
    take(suggestion, step, actor, other=part, text=part.title)
    record(part, SuggestionEvent.Verb.SUBMITTED, actor, other=suggestion, text=part.text)
    send_on(part, route_of(part))
    return part


def _part_of(suggestion: Suggestion, title: str, text: str, category: str) -> Suggestion:
    now = timezone.now()
    return Suggestion.objects.create(
        number=next_number(timezone.localdate(now).year),
        split_from=suggestion.split_from or suggestion,
        title=title[: Suggestion._meta.get_field("title").max_length],
        text=text,
        category=category,
        area=suggestion.area,
        author=suggestion.author,
        submitted_at=now,
        notice_due_on=periods.ends_on(Clock.NOTICE, timezone.localdate(now)),
    )


@transaction.atomic
def link(actor: Any, suggestion_id: int, *, version: int | None = None, kind: str, code: str) -> MatterLink:
    """Say that a matter is about a water point, a project or a station. Said twice it is there once."""
    suggestion, step = locked_step(actor, suggestion_id, Verb.LINK, None, {"thing": code})
    thing = _thing(actor, kind, code)
    if suggestion.links.count() >= MAX_LINKS:
        raise refuse("thing", "too-many-links", gettext("一件最多关联 %d 个对象。") % MAX_LINKS)
    found, is_new = MatterLink.objects.get_or_create(
        suggestion=suggestion, **{kind: thing}, defaults={"made_by": actor}
    )
    if is_new:
        note(suggestion, step, actor, text=str(thing))
    return found


def _thing(actor: Any, kind: str, code: str) -> MonitoringPoint | Project | Station:
    thing = linkable(actor, kind).filter(code=code).first()
    if thing is None:
        raise refuse("thing", "unknown", gettext("没有编号为“%s”的对象，请重新选择。") % code)
    return thing


@transaction.atomic
def unlink(actor: Any, suggestion_id: int, *, version: int | None = None, link_id: int) -> Suggestion:
    """Take back what `link` said."""
    suggestion, step = locked_step(actor, suggestion_id, Verb.UNLINK, None, {})
    found = suggestion.links.filter(pk=link_id).first()
    if found is None:
        raise refuse("thing", "unknown", gettext("没有这个关联，可能已被取消。"))
    note(suggestion, step, actor, text=str(found.thing))
    found.delete()
    return suggestion
