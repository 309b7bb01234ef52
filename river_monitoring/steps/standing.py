"""Who somebody is to a point, and which steps lead on from where it stands. No database."""

from __future__ import annotations

from dataclasses import dataclass

from river_monitoring.steps.table import TABLE, Party, State, Transition


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a role of `accounts.models.Role` and, for an officer, the department's key."""

    role: str
    department: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the point stands: its state, the department responsible for it, and what a suspension interrupted.

    `workers` are other departments that took a step since the listing; like the responsible one, none of them may
    accept the works.
    """

    state: State
    department: int
    suspended_from: State | None = None
    workers: frozenset[int] = frozenset()

    @property
    def came_from(self) -> State:
        """Where a suspended point goes back to."""
        return self.suspended_from or State.LISTED


def party_of(actor: Actor, standing: Standing) -> Party | None:
    """Return who `actor` is to a point; None for an onlooker, and for an officer whose department did the works.

    >>> standing = Standing(State.ACCEPTANCE_ASKED, department=1, workers=frozenset({2}))
    >>> [party_of(Actor("officer", department), standing) for department in (1, 2, 3)]
    [<Party.OWN_OFFICER: 'own_officer'>, None, <Party.OTHER_OFFICER: 'other_officer'>]
    """
    if actor.role in ("staff", "admin"):
        return Party.STAFF
    if actor.role != "officer" or actor.department is None:
        return None
    if actor.department == standing.department:
        return Party.OWN_OFFICER
    return None if actor.department in standing.workers else Party.OTHER_OFFICER


def steps_from(standing: Standing) -> tuple[Transition, ...]:
    """Return the steps that lead on from where the point stands, the way forward first.

    >>> [step.target.value for step in steps_from(Standing(State.SUSPENDED, 1, State.PLANNED))]
    ['planned']
    """
    return TABLE.steps_from(standing.state, standing.came_from)


def may_take(step: Transition, actor: Actor, standing: Standing) -> bool:
    """Return whether `actor` may take `step`, evidence apart.

    >>> plan = TABLE.move(State.LISTED, State.PLANNED)
    >>> standing = Standing(State.LISTED, department=1)
    >>> may_take(plan, Actor("officer", 1), standing), may_take(plan, Actor("officer", 2), standing)
    (True, False)
    """
    return party_of(actor, standing) in step.who
