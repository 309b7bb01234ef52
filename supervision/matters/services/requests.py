"""What a department asks of those who gave it a matter (return, another department, more time), and what they decide.

A request stops no clock. One waits at a time; it is settled by the decision, by taking it back, or by whatever moves
the matter on (`queries.open_request`).
"""

from datetime import date

from accounts.models import Department
from ledger.actors import Actor
from ledger.steps.apply import apply
from supervision.matters.attachments import Files
from supervision.matters.models import Suggestion
from supervision.matters.states import Verb
from supervision.matters.workflow import MATTERS


def ask_return(actor: Actor, suggestion_id: int, *, version: int, text: str, files: Files = ()) -> Suggestion:
    """Ask to hand back a matter that is not this department's, with the reason, within ten days of receipt."""
    return apply(MATTERS, actor, suggestion_id, Verb.ASK_RETURN, version, {"text": text, "files": files}).suggestion


def ask_forward(
    actor: Actor, suggestion_id: int, *, version: int, department: Department | None, text: str, files: Files = ()
) -> Suggestion:
    """Ask that the matter go to the department that it belongs to, with the reason, within ten days of receipt."""
    given = {"department": department, "text": text, "files": files}
    return apply(MATTERS, actor, suggestion_id, Verb.ASK_FORWARD, version, given).suggestion


def hand_on(
    actor: Actor, suggestion_id: int, *, version: int, department: Department | None, text: str = "", files: Files = ()
) -> Suggestion:
    """Consent that the matter go to another department, which may return it for ten days. The reply's day stays.

    So nobody gains time by passing on.
    """
    given = {"department": department, "text": text, "files": files}
    return apply(MATTERS, actor, suggestion_id, Verb.HAND_ON, version, given).suggestion


def ask_extension(
    actor: Actor, suggestion_id: int, *, version: int, until: date | None, text: str, files: Files = ()
) -> Suggestion:
    """Ask to answer by a later day `until`, with the reason; refused where the rules allow no such day."""
    given = {"until": until, "text": text, "files": files}
    return apply(MATTERS, actor, suggestion_id, Verb.ASK_EXTENSION, version, given).suggestion


def drop_request(actor: Actor, suggestion_id: int, *, version: int, text: str = "") -> Suggestion:
    """Take back a request that is not decided."""
    return apply(MATTERS, actor, suggestion_id, Verb.DROP_REQUEST, version, {"text": text}).suggestion


def return_to_staff(actor: Actor, suggestion_id: int, *, version: int, text: str = "", files: Files = ()) -> Suggestion:
    """Consent to a return: nobody has the matter, and staff assign it anew."""
    return apply(MATTERS, actor, suggestion_id, Verb.RETURN, version, {"text": text, "files": files}).suggestion


def extend(
    actor: Actor, suggestion_id: int, *, version: int, until: date | None, text: str = "", files: Files = ()
) -> Suggestion:
    """Grant more time: the reply is due on `until`, at most what the rules allow."""
    given = {"until": until, "text": text, "files": files}
    return apply(MATTERS, actor, suggestion_id, Verb.EXTEND, version, given).suggestion


def refuse_request(actor: Actor, suggestion_id: int, *, version: int, text: str, files: Files = ()) -> Suggestion:
    """Refuse a request with the reason; the matter and its day stay as they are."""
    return apply(MATTERS, actor, suggestion_id, Verb.REFUSE_REQUEST, version, {"text": text, "files": files}).suggestion
