"""The table of steps at work on matters: who somebody is to one, what each step changes, and the event that says so."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from geokit.refusal import BadInput, Refusal, StaleEdit
from ledger.actors import Actor, Site, account_of
from ledger.steps.workflow import Attempt, Step, Workflow
from supervision.deadlines import periods
from supervision.matters import notifications
from supervision.matters.attachments import store_files
from supervision.matters.changes import change_of
from supervision.matters.guards import obstacle
from supervision.matters.models import Suggestion, SuggestionEvent
from supervision.matters.permissions import MatterActor, Reporter, person_of, suggestions_visible_to
from supervision.matters.queries import matter_of
from supervision.matters.states import Matter, Party, State, Verb
from supervision.matters.table import TABLE, parties_of

MatterStep = Step[Suggestion, Matter]
SENT_AGAIN = (Verb.SAY, Verb.URGE)
"""Steps that no version of a form keeps from being taken twice."""


class Matters(Workflow[Suggestion, SuggestionEvent, Matter]):
    """The chain of matters."""

    table, model = TABLE, Suggestion
    related = ("department", "finding")

    def visible_to(self, actor: Actor) -> QuerySet[Suggestion]:
        return suggestions_visible_to(_known(actor))

    def facts(self, thing: Suggestion) -> Matter:
        return matter_of(thing)

    def parties(self, actor: Actor, thing: Suggestion, facts: Matter) -> frozenset[Party]:
        return parties_of(person_of(_known(actor)), facts)

    def came_from(self, thing: Suggestion, facts: Matter) -> State | None:
        return TABLE.replay_from(thing.events.order_by("at", "pk").values_list("verb", flat=True))[1]

    def obstacle(self, step: MatterStep) -> str:
        if self.repeated(step):
            return ""
        return obstacle(step.line.verb, step.facts, frozenset(map(Party, step.mine)), step.today)

    def repeated(self, step: MatterStep) -> SuggestionEvent | None:
        """The same words of the same person on the same day are one message, sent again because no answer was heard."""
        if step.line.verb not in SENT_AGAIN or "text" not in step.given or isinstance(step.actor, Reporter | Site):
            return None
        if step.line.verb is Verb.URGE and not step.facts.urge_by:
            return None  # what was taken back is not sent again
        mine = step.thing.events.filter(verb=step.line.event, actor=account_of(step.actor))
        last = mine.order_by("-at", "-pk").first()
        is_same = last is not None and last.text.strip() == str(step.given["text"] or "").strip()
        return last if last is not None and is_same and timezone.localdate(last.at) == step.today else None

    def change(self, step: MatterStep) -> Mapping[str, Any]:
        return change_of(step)

    def write_event(self, step: MatterStep, fields: Mapping[str, Any]) -> SuggestionEvent:
        event = write_event(step.thing, step.line.event, step.actor, **fields)
        store_files(event, step.given.get("files", ()))
        return event

    def tell(self, step: MatterStep, event: SuggestionEvent) -> None:
        notifications.notify_concerned(event)

    def audit_entry(self, step: MatterStep, event: SuggestionEvent) -> tuple[str, Mapping[str, Any]]:
        return f"suggestion-{step.line.event}", {"state": step.thing.state}

    def unknown(self, key: object) -> Refusal:
        found = key.pk if isinstance(key, Model) else key
        return BadInput(gettext("没有编号为 %s 的建议。") % found, code="unknown-suggestion")

    def stale(self, attempt: Attempt[Suggestion, Matter]) -> Refusal:
        words = {"number": attempt.thing.number, "state": attempt.thing.get_state_display()}
        return StaleEdit(gettext("建议 %(number)s 在您打开页面后已变为“%(state)s”，请查看最新情况后再操作。") % words)


def _known(actor: Actor) -> MatterActor:
    return actor if isinstance(actor, Reporter | Site) else account_of(actor)


MATTERS = Matters()


def write_event(suggestion: Suggestion, verb: str, actor: Actor, **fields: Any) -> SuggestionEvent:
    """Append an event. Without an account it is the reporter's, by her private link, or the site's own.

    One that starts a clock keeps how the last day was found.
    """
    now = timezone.now()
    if fields.get("clock") and "basis" not in fields:
        fields["basis"] = periods.basis_of(fields["clock"], timezone.localdate(now), fields.get("due_on"))
    return SuggestionEvent.objects.create(
        suggestion=suggestion,
        verb=verb,
        at=now,
        actor=account_of(actor),
        by_reporter=isinstance(actor, Reporter),
        **fields,
    )


def record(suggestion: Suggestion, verb: str, actor: Actor, **fields: Any) -> SuggestionEvent:
    """Append an event that is no step of the table (how a history begins, a rule's assignment), and notify."""
    event = write_event(suggestion, verb, actor, **fields)
    notifications.notify_concerned(event)
    return event
