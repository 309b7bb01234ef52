"""Who somebody is to a point, and which steps lead on from where it stands. No database."""

from __future__ import annotations

from dataclasses import dataclass

from river_monitoring.steps.table import TABLE, Party, State, Transition


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a role of `accounts.models.Role`, for an officer the department's key, and the account's."""

    role: str
    department: int | None = None
    person: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the point stands: its state, the department responsible for it, and what a suspension interrupted.

    `workers` are departments that took a step of the works, or moved a measure, since the listing; like the responsible
    one, none of them may accept the works, nor any of the `people` who did so, wherever they are posted now. `bodies`
    are the departments that the district lets accept.
    """

    state: State
    department: int
    suspended_from: State | None = None
    workers: frozenset[int] = frozenset()
    bodies: frozenset[int] = frozenset()
    people: frozenset[int] = frozenset()

    @property
    def came_from(self) -> State:
        """Where a suspended point goes back to."""
        return self.suspended_from or State.LISTED


def parties_of(actor: Actor, standing: Standing) -> frozenset[Party]:
    """Return who `actor` is to a point; empty for an onlooker.

    >>> standing = Standing(State.ACCEPTANCE_ASKED, department=1, workers=frozenset({2}), bodies=frozenset({1, 2, 3}))
    >>> [[str(p) for p in sorted(parties_of(Actor("officer", key), standing))] for key in (2, 3, 4)]
    [['body'], ['acceptor', 'body'], []]
    """
    if actor.role != "officer" or actor.department is None:
        return frozenset()
    is_own = actor.department == standing.department
    is_body = actor.department in standing.bodies
    took_part = actor.department in standing.workers or actor.person in standing.people
    found = {
        Party.OWN_OFFICER: is_own,
        Party.BODY: is_body,
        Party.ACCEPTOR: is_body and not is_own and not took_part,
    }
    return frozenset(party for party, holds in found.items() if holds)


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
    return not parties_of(actor, standing).isdisjoint(step.who)
