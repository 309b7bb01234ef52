"""Taking a step: lock, ask the table, write row, event, audit and notice in one transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from geokit.refusal import NotPermitted, Refusal
from ledger import audit
from ledger.actors import Actor
from ledger.steps.workflow import Attempt, Line, Step, Workflow


@transaction.atomic
def apply[T: Model, E: Model, F](
    workflow: Workflow[T, E, F],
    actor: Actor,
    thing: T | int | str,
    verb: str = "",
    version: int | None = None,
    given: Mapping[str, Any] | None = None,
    *,
    target: str = "",
    at: datetime | None = None,
) -> E:
    """Let `actor` do `verb`, or whatever leads to the state `target`, and return the event that says so.

    `thing` is a key, or a row, which is read anew under the lock. `version` is that of the form (None: the step does
    not depend on what was seen), `given` what was handed in.

    Refuses in this order, so that a stranger learns nothing more: who (NotPermitted), a stale form (StaleEdit), the
    wrong moment (code ``wrong-state``), an obstacle (``not-now``), what is missing (MissingEvidence, an error each).
    A step that only repeats an earlier one writes nothing and returns the event of that one.
    """
    locked = lock(workflow, actor, thing)
    facts = workflow.facts(locked)
    attempt = attempt_of(workflow, actor, locked, facts, verb, target, given or {}, at or timezone.now())
    step = checked_step(workflow, attempt, version)
    return workflow.repeated(step) or _write(workflow, step)


def lock[T: Model, E: Model, F](workflow: Workflow[T, E, F], actor: Actor, thing: T | int | str) -> T:
    """Return the row, locked until the transaction ends. Raises the workflow's `unknown` for what `actor` may not see.

    A row that is passed is read anew, so that what was changed meanwhile is seen.
    """
    rows = workflow.visible_to(actor).select_for_update(of=("self",))
    rows = rows.select_related(*workflow.related) if workflow.related else rows
    try:
        if not isinstance(thing, Model):
            return rows.get(**{workflow.key_field: thing})
        thing.refresh_from_db(from_queryset=rows)
        return thing
    except workflow.model.DoesNotExist:  # type: ignore[attr-defined]  # each model has its own
        raise workflow.unknown(thing) from None


def step_now[T: Model, E: Model, F](
    workflow: Workflow[T, E, F], actor: Actor, thing: T, verb: str, at: datetime | None = None
) -> Line:
    """The transition that `actor` would take by `verb` now. Refuses as `apply` does; what it needs is not asked."""
    attempt = attempt_of(workflow, actor, thing, workflow.facts(thing), verb, "", {}, at or timezone.now())
    step = _allowed(workflow, attempt, None)
    if why := workflow.obstacle(step):
        raise NotPermitted(why, code="not-now")
    return step.line


def steps_now[T: Model, E: Model, F](
    workflow: Workflow[T, E, F], actor: Actor, thing: T, at: datetime | None = None
) -> list[Line]:
    """The transitions that `actor` may take now, in the order of the verbs; what they need is not asked."""
    attempt = attempt_of(workflow, actor, thing, workflow.facts(thing), "", "", {}, at or timezone.now())
    lines = workflow.table.steps_now(attempt.state, attempt.mine, attempt.came_from)
    return [line for line in lines if not _is_in_the_way(workflow, _step(attempt, line))]


def checked_step[T: Model, E: Model, F](
    workflow: Workflow[T, E, F], attempt: Attempt[T, F], version: int | None
) -> Step[T, F]:
    """The step that an attempt on a locked row is. Refuses as `apply` does."""
    step = _allowed(workflow, attempt, version)
    if why := workflow.obstacle(step):
        raise NotPermitted(why, code="not-now")
    if errors := workflow.missing(step):
        raise workflow.lacking(errors)
    return step


def attempt_of[T: Model, E: Model, F](
    workflow: Workflow[T, E, F],
    actor: Actor,
    thing: T,
    facts: F,
    verb: str,
    target: str,
    given: Mapping[str, Any],
    at: datetime,
) -> Attempt[T, F]:
    """What somebody tries with a thing of which `facts` are known."""
    state = str(getattr(thing, workflow.state_field))
    return Attempt(
        actor=actor,
        thing=thing,
        facts=facts,
        mine=frozenset(workflow.parties(actor, thing, facts)),
        state=state,
        came_from=workflow.came_from(thing, facts) if workflow.table.leads_back_from(state) else None,
        verb=verb,
        target=target,
        given=given,
        at=at,
    )


def _step[T: Model, F](attempt: Attempt[T, F], line: Line) -> Step[T, F]:
    return Step(**{**vars(attempt), "line": line, "verb": str(line.verb)})


def _allowed[T: Model, E: Model, F](
    workflow: Workflow[T, E, F], attempt: Attempt[T, F], version: int | None
) -> Step[T, F]:
    """The step that the table allows, or the refusal that says why not."""
    meant = _meant(workflow, attempt)
    if not _is_for(meant, attempt) if meant else not attempt.mine:
        raise workflow.stranger(attempt, meant)
    if version is not None and version != getattr(attempt.thing, workflow.version_field):
        raise workflow.stale(attempt)
    steps = workflow.table.steps_from(attempt.state, attempt.came_from)
    now = [line for line in steps if attempt.target in ("", line.target) and attempt.verb in ("", line.verb)]
    if not now:
        raise workflow.wrong_moment(attempt)
    for line in now:
        if _is_for([line], attempt):
            return _step(attempt, line)
    raise workflow.stranger(attempt, now)


def _meant[T: Model, E: Model, F](workflow: Workflow[T, E, F], attempt: Attempt[T, F]) -> Sequence[Line]:
    """The lines that the words stand for: of a verb in any state, of a target from the present one."""
    if bool(attempt.verb) == bool(attempt.target):
        raise TypeError("a step is named by its verb or by its target")
    if attempt.verb in workflow.table.verbs:
        return workflow.table.lines_of(attempt.verb)
    if attempt.target and workflow.table.knows(attempt.target):
        moves = workflow.table.moves
        return [line for line in moves if (line.source, line.target) == (attempt.state, attempt.target)]
    raise workflow.unknown_word(attempt.verb or attempt.target)


def _is_for[T: Model, F](lines: Sequence[Line], attempt: Attempt[T, F]) -> bool:
    return any(not line.who.isdisjoint(attempt.mine) for line in lines)


def _is_in_the_way[T: Model, E: Model, F](workflow: Workflow[T, E, F], step: Step[T, F]) -> bool:
    try:
        return bool(workflow.obstacle(step))
    except Refusal:
        return True


def _write[T: Model, E: Model, F](workflow: Workflow[T, E, F], step: Step[T, F]) -> E:
    fields = workflow.change(step)
    if not step.line.keeps_version:
        setattr(step.thing, workflow.state_field, str(step.line.target))
        setattr(step.thing, workflow.version_field, getattr(step.thing, workflow.version_field) + 1)
        step.thing.save()
    event = workflow.write_event(step, fields)
    if entry := workflow.audit_entry(step, event):
        audit.record(step.actor, entry[0], step.thing, **entry[1])
    if step.line.notice:
        workflow.tell(step, event)
    return event
