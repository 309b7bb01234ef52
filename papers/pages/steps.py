"""The steps that a page of a paper offers, and taking one."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from ledger.steps.apply import steps_now
from papers.handling import services as handlings
from papers.handling.models import Handling
from papers.handling.table import HANDLINGS, HandlingVerb
from papers.handling.workflow import WORKFLOW as HANDLING
from papers.pages.step_forms import (
    DANGEROUS,
    HANDLING_FORMS,
    HANDLING_PROMPT,
    PAPER_FORMS,
    PAPER_PROMPT,
    StepForm,
)
from papers.register import services as papers
from papers.register.models import Paper
from papers.register.table import PAPERS, PaperVerb
from papers.register.workflow import WORKFLOW as PAPER

UNVERSIONED = (HandlingVerb.RECEIVE, HandlingVerb.OPINE, HandlingVerb.URGE)
PAPER_UNVERSIONED = (PaperVerb.CONFIRM, PaperVerb.RECANT)


@dataclass(frozen=True)
class Offered:
    """A step with its form; `is_open`: what the page asks for first, or what was refused."""

    verb: str
    key: str
    name: Any
    form: StepForm
    action: str
    is_open: bool
    is_allowed: bool
    is_dangerous: bool

    @property
    def is_tap(self) -> bool:
        """Whether there is nothing to fill in."""
        return not self.form.visible_fields()


type Refused = tuple[Any, str, StepForm] | None
"""Whose step was refused, which, with what was typed."""


def form_of(thing: Any, verb: str, data: Any = None, files: Any = None) -> StepForm:
    """Return the form of a step. Raises KeyError for one that no page offers."""
    kinds: Any = PAPER_FORMS if isinstance(thing, Paper) else HANDLING_FORMS
    key = f"{verb}-{thing.pk}" if isinstance(thing, Handling) else verb
    form: StepForm = kinds[verb](data, files, thing=thing, initial={"version": thing.version}, auto_id=f"{key}-%s")
    return form


def offered(request: HttpRequest, thing: Any, refused: Refused = None) -> list[Offered]:
    """Return the steps that this person may take now; a refused one comes with what was typed."""
    is_paper = isinstance(thing, Paper)
    kinds: Any = PAPER_FORMS if is_paper else HANDLING_FORMS
    table: Any = PAPERS if is_paper else HANDLINGS
    prompt: Any = PAPER_PROMPT if is_paper else HANDLING_PROMPT
    allowed = _allowed(request, thing)
    was = refused[1] if refused and refused[0] == thing else ""
    route = "papers:step" if is_paper else "papers:handling_step"
    return [
        Offered(
            verb=str(verb),
            key=str(verb) if is_paper else f"{verb}-{thing.pk}",
            name=table.verbs[verb],
            form=refused[2] if refused and was == verb else form_of(thing, verb),
            action=reverse(route, args=[thing.pk, verb]),
            is_open=verb in prompt or verb == was,
            is_allowed=verb in allowed,
            is_dangerous=verb in DANGEROUS,
        )
        for verb in kinds
        if verb in allowed or verb == was
    ]


def _allowed(request: HttpRequest, thing: Any) -> list[str]:
    workflow: Any = PAPER if isinstance(thing, Paper) else HANDLING
    found = [step.verb for step in steps_now(workflow, request.user, thing)]
    if HandlingVerb.RATE in found and HandlingVerb.OPINE in found:
        found.remove(HandlingVerb.OPINE)  # the lead's own opinion is her rating
    return found


def take(request: HttpRequest, thing: Any, verb: str, form: StepForm) -> None:
    """Take the step that a valid form stands for. Raises Refusal."""
    given, version = form.given(), form.cleaned_data["version"]
    user: Any = request.user
    if isinstance(thing, Paper):
        if verb == PaperVerb.ASSIGN:
            handlings.assign(user, thing, version, **given)
        else:
            papers.take(user, thing, PaperVerb(verb), None if verb in PAPER_UNVERSIONED else version, **given)
    elif verb == HandlingVerb.DELIVER:
        handlings.deliver(user, thing, version, **given)
    elif verb == HandlingVerb.RATE:
        handlings.rate(user, thing, version, given_outcome=given.pop("outcome"), **given)
    else:
        handlings.take(user, thing, HandlingVerb(verb), None if verb in UNVERSIONED else version, **given)
