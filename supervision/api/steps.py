"""Steps by REST: the verbs a client may send, what each takes, and the same services as the pages."""

from collections.abc import Callable, Mapping
from typing import Any

from accounts.permissions import Asker
from ledger.steps.apply import steps_now
from supervision.matters import services
from supervision.matters.models import Suggestion
from supervision.matters.states import Verb
from supervision.matters.workflow import MATTERS

STEPS: dict[Verb, tuple[Callable[..., Any], tuple[str, ...]]] = {
    Verb.ACCEPT: (services.accept, ("version", "text")),
    Verb.DECLINE: (services.decline, ("version", "text")),
    Verb.ASSIGN: (services.assign, ("version", "department", "text")),
    Verb.FORWARD: (services.forward, ("version", "department", "text")),
    Verb.ASK_RETURN: (services.ask_return, ("version", "text")),
    Verb.ASK_FORWARD: (services.ask_forward, ("version", "department", "text")),
    Verb.HAND_ON: (services.hand_on, ("version", "department", "text")),
    Verb.ASK_EXTENSION: (services.ask_extension, ("version", "until", "text")),
    Verb.DROP_REQUEST: (services.drop_request, ("version", "text")),
    Verb.RETURN: (services.return_to_staff, ("version", "text")),
    Verb.EXTEND: (services.extend, ("version", "until", "text")),
    Verb.REFUSE_REQUEST: (services.refuse_request, ("version", "text")),
    Verb.RECALL: (services.recall, ("version", "text")),
    Verb.ASK_CO: (services.ask_co, ("version", "department", "text")),
    Verb.CO_REPLY: (services.co_reply, ("version", "text")),
    Verb.REPLY: (services.reply, ("version", "text", "result", "planned_on")),
    Verb.CORRECT_REPLY: (services.correct_reply, ("version", "text")),
    Verb.RATE: (services.rate, ("version", "handling", "outcome", "text")),
    Verb.URGE: (services.urge, ("text",)),
    Verb.TAKE_BACK_URGE: (services.take_back_urge, ("text",)),
    Verb.SAY: (services.say, ("text",)),
    Verb.PAUSE: (services.pause, ("version", "text")),
    Verb.RESUME: (services.resume, ("version", "text")),
}


def step_verbs(user: Asker, suggestion: Suggestion) -> list[Verb]:
    """Return the verbs that `user` may send now."""
    return [step.verb for step in steps_now(MATTERS, user, suggestion) if step.verb in STEPS]


def take_step(user: Asker, suggestion: Suggestion, given: Mapping[str, Any]) -> None:
    """Take the step that `given` names; refusals are the service's own."""
    service, names = STEPS[Verb(given["verb"])]
    service(user, suggestion.pk, **{name: given[name] for name in names})
