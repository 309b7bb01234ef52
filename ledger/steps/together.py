"""Taking one step with many things at once, in a number of queries that does not grow with them."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from geokit.refusal import Refusal
from ledger import audit
from ledger.actors import Actor
from ledger.steps.apply import attempt_of, checked_step
from ledger.steps.workflow import Step, Workflow
from ledger.written import update_written

BATCH = 500


@transaction.atomic
def apply_many[T: Model, E: Model, F](
    workflow: Workflow[T, E, F],
    actor: Actor,
    things: Sequence[T],
    verb: str,
    given: Mapping[str, Any] | None = None,
    *,
    at: datetime | None = None,
) -> list[tuple[T, E] | Refusal]:
    """Let `actor` do `verb` to each of `things`, in the version that they show; for each what `apply` would answer.

    That is the thing as it is now with its event, or the Refusal; what is refused does not affect the others.
    """
    moment, locked = at or timezone.now(), lock_many(workflow, actor, things)
    facts = dict(zip(locked, workflow.facts_of(list(locked.values())), strict=True))
    stored = {pk: _values(thing) for pk, thing in locked.items()}
    answers: list[tuple[T, E] | tuple[Step[T, F], Mapping[str, Any]] | Refusal] = []
    for thing in things:
        try:
            if thing.pk not in locked:
                raise workflow.unknown(thing.pk)
            one = locked[thing.pk]
            attempt = attempt_of(workflow, actor, one, facts[one.pk], verb, "", given or {}, moment)
            step = checked_step(workflow, attempt, getattr(thing, workflow.version_field))
            known = workflow.repeated(step)
            answers.append((step.thing, known) if known is not None else (step, workflow.change(step)))
        except Refusal as refusal:
            answers.append(refusal)
    steps = [answer for answer in answers if isinstance(answer, tuple) and isinstance(answer[0], Step)]
    _save(workflow, [step for step, _fields in steps if not step.line.keeps_version], stored)
    written = iter(_record(workflow, actor, steps))
    return [
        (answer[0].thing, next(written)) if isinstance(answer, tuple) and isinstance(answer[0], Step) else answer
        for answer in answers
    ]


def lock_many[T: Model, E: Model, F](workflow: Workflow[T, E, F], actor: Actor, things: Sequence[T]) -> dict[Any, T]:
    """Return by their keys those of `things` that `actor` may see, read anew and locked until the transaction ends."""
    rows = workflow.visible_to(actor).select_for_update(of=("self",)).filter(pk__in=[thing.pk for thing in things])
    rows = rows.select_related(*workflow.related) if workflow.related else rows
    return {thing.pk: thing for thing in rows.order_by("pk")}


def _values(thing: Model) -> dict[str, Any]:
    """What the fields hold by their names, lists and objects as copies: a step may change those where they stand."""
    held = ((field.name, getattr(thing, field.attname)) for field in thing._meta.concrete_fields)
    return {name: deepcopy(value) if isinstance(value, list | dict) else value for name, value in held}


def _save[T: Model, E: Model, F](
    workflow: Workflow[T, E, F], steps: Sequence[Step[T, F]], stored: Mapping[Any, Mapping[str, Any]]
) -> None:
    """Save state, version and whatever else the steps changed of their things."""
    for step in steps:
        setattr(step.thing, workflow.state_field, str(step.line.target))
        setattr(step.thing, workflow.version_field, getattr(step.thing, workflow.version_field) + 1)
    changed = [(step.thing, _changed(step.thing, stored[step.thing.pk])) for step in steps]
    update_written(workflow.model, changed, batch_size=BATCH)


def _changed(thing: Model, stored: Mapping[str, Any]) -> list[str]:
    return [name for name, value in _values(thing).items() if value != stored[name]]


def _record[T: Model, E: Model, F](
    workflow: Workflow[T, E, F], actor: Actor, steps: Sequence[tuple[Step[T, F], Mapping[str, Any]]]
) -> Sequence[E]:
    """Write the events of the steps, the entries of the audit trail and the notices."""
    events = workflow.write_events(steps)
    taken = [(step, event) for (step, _fields), event in zip(steps, events, strict=True)]
    entries = [(entry, step.thing) for step, event in taken if (entry := workflow.audit_entry(step, event))]
    for verb, group in groupby(sorted(entries, key=lambda one: one[0][0]), key=lambda one: one[0][0]):
        audit.record_many(actor, verb, [(thing, entry[1]) for entry, thing in group])
    for step, event in taken:
        if step.line.notice:
            workflow.tell(step, event)
    return events
