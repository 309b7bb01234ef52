"""How a table applies to a model: what a room says of its things, once, in small methods."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from geokit.refusal import BadInput, FieldError, MissingEvidence, NotPermitted, Refusal, StaleEdit
from ledger.actors import Actor
from ledger.steps.definition import Transition
from ledger.steps.table import StepTable

Line = Transition[Any, Any, Any]


@dataclass(frozen=True)
class Attempt[T: Model, F]:
    """What somebody tries to do with a locked thing, before it is known whether it may be.

    Either `verb` or `target` is set. `mine` is who the actor is to the thing, `facts` what the workflow knows of it.
    """

    actor: Actor
    thing: T
    facts: F
    mine: frozenset[str]
    state: str
    came_from: str | None
    verb: str
    target: str
    given: Mapping[str, Any]
    at: datetime

    @property
    def today(self) -> date:
        return timezone.localdate(self.at)


@dataclass(frozen=True)
class Step[T: Model, F](Attempt[T, F]):
    """An attempt that the table allows: `line` is its transition, with the target that it really leads to, and `verb`
    that of the line, also where the target was named or all steps are asked for."""

    line: Line


class Workflow[T: Model, E: Model, F](ABC):
    """A table of steps at work on the rows of a model `T`; each step writes one event `E`.

    A room subclasses it and makes one instance. `F` is what the room must know of a thing beyond its row, asked of
    the database once for each attempt.
    """

    table: StepTable[Any, Any, Any]
    model: type[T]
    state_field = "state"
    version_field = "version"
    key_field = "pk"
    related: tuple[str, ...] = ()
    """What is read together with a locked row (`select_related`)."""

    # Which things, and who somebody is to one

    def visible_to(self, actor: Actor) -> QuerySet[T]:
        """The things that `actor` may know of; for others they do not exist."""
        return self.model._default_manager.all()

    @abstractmethod
    def facts(self, thing: T) -> F:
        """What the other methods must know of `thing`."""

    def facts_of(self, things: Sequence[T]) -> Sequence[F]:
        """The facts of each of many things; a workflow whose steps are taken together reads them in a few queries."""
        return [self.facts(thing) for thing in things]

    @abstractmethod
    def parties(self, actor: Actor, thing: T, facts: F) -> Collection[str]:
        """Who `actor` is to `thing`, in the words of the table; empty for a stranger."""

    def came_from(self, thing: T, facts: F) -> str | None:
        """Where `thing` stood before its state; asked only where a transition leads back."""
        return None

    # What stands in the way

    def obstacle(self, step: Step[T, F]) -> str:
        """Why a step that the table allows cannot be taken now, or an empty string. May raise a Refusal instead."""
        return ""

    def missing(self, step: Step[T, F]) -> Sequence[FieldError]:
        """What the step still needs, an error for each piece; by itself, every need that is empty in `given`."""
        return self.table.missing(step.line, step.given)

    def repeated(self, step: Step[T, F]) -> E | None:
        """The event of the same step, where taking it again changes nothing (signing in twice is once)."""
        return None

    # What is written

    def change(self, step: Step[T, F]) -> Mapping[str, Any]:
        """Set on `step.thing` what the step changes besides state and version; returns the fields of the event.

        May refuse what only shows while it is done. The row is saved afterwards, unless the line keeps the version.
        """
        return {}

    @abstractmethod
    def write_event(self, step: Step[T, F], fields: Mapping[str, Any]) -> E:
        """Append the event that records the step, and what belongs to it."""

    def write_events(self, steps: Sequence[tuple[Step[T, F], Mapping[str, Any]]]) -> Sequence[E]:
        """Append the events of many steps, each with its fields, in their order."""
        return [self.write_event(step, fields) for step, fields in steps]

    def tell(self, step: Step[T, F], event: E) -> None:
        """Send the notice that the line names; not asked for lines without one."""
        raise NotImplementedError(f"{self.table.name} names the notice {step.line.notice}, but sends none")

    def audit_entry(self, step: Step[T, F], event: E) -> tuple[str, Mapping[str, Any]] | None:
        """The verb and the detail of the audit entry; None where the event is record enough."""
        return f"{self.table.name}-{step.line.event}", {"state": str(getattr(step.thing, self.state_field))}

    # How it is refused

    def unknown(self, key: object) -> Refusal:
        """No thing of that key, or none that this actor may know of."""
        return BadInput(_("没有编号为“%s”的记录。") % key, code="unknown-thing")

    def unknown_word(self, word: str) -> Refusal:
        """Neither a verb nor a state of the table."""
        return BadInput(_("没有“%s”这个步骤或状态。") % word, code="unknown-step")

    def stranger(self, attempt: Attempt[T, F], lines: Sequence[Line]) -> Refusal:
        """Somebody else takes this step; `lines` are what was tried, none where nothing leads there."""
        if not lines:
            return NotPermitted(_("您只能查看，不能办理。"))
        who = _("、").join(str(name) for name in self.table.who_may(lines))
        words = {"verb": self.table.verbs[lines[0].verb], "who": who}
        return NotPermitted(_("“%(verb)s”只能由%(who)s进行。") % words)

    def stale(self, attempt: Attempt[T, F]) -> Refusal:
        """The thing was changed after the form was opened."""
        words = {"thing": attempt.thing, "state": self.table.label(attempt.state)}
        return StaleEdit(_("“%(thing)s”在您打开页面后已变为“%(state)s”，请查看最新情况后再操作。") % words)

    def wrong_moment(self, attempt: Attempt[T, F]) -> Refusal:
        """The step is not in the table for the present state, or leads back to where the thing did not come from."""
        wanted = self.table.label(attempt.target) if attempt.target else self.table.verbs[attempt.verb]
        words = {"state": self.table.label(attempt.state), "verb": wanted}
        return NotPermitted(_("当前状态为“%(state)s”，不能“%(verb)s”。") % words, code="wrong-state")

    def lacking(self, errors: Sequence[FieldError]) -> Refusal:
        """What is missing, in one message and field by field."""
        return MissingEvidence(" ".join(error.message for error in errors), errors=errors)
