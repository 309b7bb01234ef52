"""Steps by REST: the verbs a client may send, what each takes, and the same services as the pages."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext

from accounts.permissions import Asker
from geokit.refusal import refuse
from ledger.steps.apply import steps_now
from supervision.matters import held_files, services
from supervision.matters.models import Suggestion
from supervision.matters.states import Verb
from supervision.matters.workflow import MATTERS

STEPS: dict[Verb, tuple[Callable[..., Any], tuple[str, ...]]] = {
    Verb.ACCEPT: (services.accept, ("version", "text")),
    Verb.DECLINE: (services.decline, ("version", "text", "files")),
    Verb.ASSIGN: (services.assign, ("version", "department", "text", "files")),
    Verb.FORWARD: (services.forward, ("version", "department", "text", "files")),
    Verb.ASK_RETURN: (services.ask_return, ("version", "text", "files")),
    Verb.ASK_FORWARD: (services.ask_forward, ("version", "department", "text", "files")),
    Verb.HAND_ON: (services.hand_on, ("version", "department", "text", "files")),
    Verb.ASK_EXTENSION: (services.ask_extension, ("version", "until", "text", "files")),
    Verb.DROP_REQUEST: (services.drop_request, ("version", "text")),
    Verb.RETURN: (services.return_to_staff, ("version", "text", "files")),
    Verb.EXTEND: (services.extend, ("version", "until", "text", "files")),
    Verb.REFUSE_REQUEST: (services.refuse_request, ("version", "text", "files")),
    Verb.RECALL: (services.recall, ("version", "text", "files")),
    Verb.ASK_CO: (services.ask_co, ("version", "department", "text", "files")),
    Verb.CO_REPLY: (services.co_reply, ("version", "text", "files")),
    Verb.REPLY: (services.reply, ("version", "text", "result", "planned_on", "files")),
    Verb.CORRECT_REPLY: (services.correct_reply, ("version", "text", "files")),
    Verb.RATE: (services.rate, ("version", "handling", "outcome", "text")),
    Verb.URGE: (services.urge, ("text",)),
    Verb.TAKE_BACK_URGE: (services.take_back_urge, ("text",)),
    Verb.SAY: (services.say, ("text", "files")),
    Verb.PAUSE: (services.pause, ("version", "text")),
    Verb.RESUME: (services.resume, ("version", "text")),
}


def step_verbs(user: Asker, suggestion: Suggestion) -> list[Verb]:
    """Return the verbs that `user` may send now."""
    return [step.verb for step in steps_now(MATTERS, user, suggestion) if step.verb in STEPS]


def takes_files(user: Asker, suggestion: Suggestion) -> bool:
    """Tell whether `user` may now send a step that takes files."""
    return any("files" in STEPS[verb][1] for verb in step_verbs(user, suggestion))


def take_step(user: Asker, suggestion: Suggestion, given: Mapping[str, Any]) -> None:
    """Take the step that `given` names, with the files that were uploaded for it; refusals are the service's own."""
    service, names = STEPS[Verb(given["verb"])]
    if given["files"] and "files" not in names:
        raise refuse("files", "takes-no-files", gettext("这一步不带附件。"))
    all_given = {**given, "files": held_files.read(user, suggestion, given["files"])}
    service(user, suggestion.pk, **{name: all_given[name] for name in names})
    held_files.delete(user, suggestion, given["files"])
