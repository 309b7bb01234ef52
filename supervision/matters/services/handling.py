"""What staff and departments do with a matter, until it is answered; each is one step of the table."""

from datetime import date

from django.db import transaction

from accounts.models import Department
from ledger.actors import Actor
from ledger.steps.apply import apply
from supervision.matters.assignment import assign_by_rules
from supervision.matters.attachments import Files
from supervision.matters.models import CoHandling, Suggestion
from supervision.matters.refusals import refuse_unknown
from supervision.matters.states import Verb
from supervision.matters.workflow import MATTERS


@transaction.atomic
def accept(actor: Actor, suggestion_id: int, *, version: int, text: str = "") -> Suggestion:
    """Take up what the public reported; it goes where the rules send it."""
    suggestion = apply(MATTERS, actor, suggestion_id, Verb.ACCEPT, version, {"text": text}).suggestion
    assign_by_rules(suggestion)
    return suggestion


def decline(actor: Actor, suggestion_id: int, *, version: int, text: str, files: Files = ()) -> Suggestion:
    """Refuse a matter that is none (a private affair, a pending case), with the reason."""
    return apply(MATTERS, actor, suggestion_id, Verb.DECLINE, version, {"text": text, "files": files}).suggestion


def reconsider(actor: Actor, suggestion_id: int, *, version: int, text: str, files: Files = ()) -> Suggestion:
    """Take up again what was declined; staff assign it."""
    return apply(MATTERS, actor, suggestion_id, Verb.RECONSIDER, version, {"text": text, "files": files}).suggestion


def assign(
    actor: Actor,
    suggestion_id: int,
    *,
    version: int,
    department: Department | None,
    wide: bool = False,
    days: int | None = None,
    text: str = "",
    files: Files = (),
) -> Suggestion:
    """Give a matter to a department; `wide` gives six months instead of three (代表法 Art. 51).

    `days` is a fast lane in working days; it only brings the day forward.
    """
    given = {"department": department, "wide": wide, "days": days, "text": text, "files": files}
    return apply(MATTERS, actor, suggestion_id, Verb.ASSIGN, version, given).suggestion


def forward(
    actor: Actor, suggestion_id: int, *, version: int, department: Department | None, text: str, files: Files = ()
) -> Suggestion:
    """Give a matter to another department: the staff's alone. Its clocks start anew; it may return it for ten days.

    A department asks for it (`requests.ask_forward`).
    """
    given = {"department": department, "text": text, "files": files}
    return apply(MATTERS, actor, suggestion_id, Verb.FORWARD, version, given).suggestion


def recall(actor: Actor, suggestion_id: int, *, version: int, text: str, files: Files = ()) -> Suggestion:
    """Take a matter back from its department, with the reason."""
    return apply(MATTERS, actor, suggestion_id, Verb.RECALL, version, {"text": text, "files": files}).suggestion


@transaction.atomic
def ask_co(
    actor: Actor, suggestion_id: int, *, version: int, department: Department | None, text: str = "", files: Files = ()
) -> CoHandling:
    """Ask a department for its opinion (会办) by the day of that clock."""
    given = {"department": department, "text": text, "files": files}
    event = apply(MATTERS, actor, suggestion_id, Verb.ASK_CO, version, given)
    return event.suggestion.co_handlings.get(department=event.department)


@transaction.atomic
def co_reply(
    actor: Actor, suggestion_id: int, *, version: int | None = None, text: str, files: Files = ()
) -> CoHandling:
    """Give the lead department an opinion; its open reply form stays good."""
    event = apply(MATTERS, actor, suggestion_id, Verb.CO_REPLY, None, {"text": text, "files": files})
    return event.suggestion.co_handlings.get(department=event.department)


def reply(
    actor: Actor,
    suggestion_id: int,
    *,
    version: int,
    text: str,
    result: str,
    planned_on: date | None = None,
    files: Files = (),
) -> Suggestion:
    """Answer a matter with one of the district's result classes (A-D). The event keeps the day it was due.

    With `planned_on`, for a result B only, the matter comes back on that day to be answered again.
    """
    refuse_unknown("result", result, Suggestion.Result.values)
    given = {"text": text, "result": result, "planned_on": planned_on, "files": files}
    return apply(MATTERS, actor, suggestion_id, Verb.REPLY, version, given).suggestion


def correct_reply(actor: Actor, suggestion_id: int, *, version: int, text: str, files: Files = ()) -> Suggestion:
    """Correct an answer that nobody has rated yet, beside it: the first one stays as it was given."""
    return apply(MATTERS, actor, suggestion_id, Verb.CORRECT_REPLY, version, {"text": text, "files": files}).suggestion


def pause(actor: Actor, suggestion_id: int, *, version: int, text: str) -> Suggestion:
    """Stop the clocks, with the reason."""
    return apply(MATTERS, actor, suggestion_id, Verb.PAUSE, version, {"text": text}).suggestion


def resume(actor: Actor, suggestion_id: int, *, version: int, text: str = "") -> Suggestion:
    """Let the clocks run on with what was left on them."""
    return apply(MATTERS, actor, suggestion_id, Verb.RESUME, version, {"text": text}).suggestion


def urge(actor: Actor, suggestion_id: int, *, text: str = "") -> Suggestion:
    """Remind the department, at most once a day. The matter itself stays as it is, so no form becomes stale."""
    return apply(MATTERS, actor, suggestion_id, Verb.URGE, None, {"text": text}).suggestion


def take_back_urge(actor: Actor, suggestion_id: int, *, text: str = "") -> Suggestion:
    """Take back the last urge; the department hears of that too, and today it is not urged again."""
    return apply(MATTERS, actor, suggestion_id, Verb.TAKE_BACK_URGE, None, {"text": text}).suggestion


def say(actor: Actor, suggestion_id: int, *, text: str, files: Files = ()) -> Suggestion:
    """Add what one has learned since; everybody concerned reads it, nothing else changes."""
    return apply(MATTERS, actor, suggestion_id, Verb.SAY, None, {"text": text, "files": files}).suggestion
