"""The page of a matter, and its steps."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import require_role
from geokit.refusal import NotPermitted, Refusal, StaleEdit
from ledger.filestore.responses import stored_response
from ledger.steps.apply import steps_now
from supervision.desk.running_clocks import running_clocks
from supervision.desk.things import things_of
from supervision.desk.timeline import Entry, timeline
from supervision.desk.turn import steps_not_now, turn_of
from supervision.matters import queries, services
from supervision.matters.attachments import files_visible_to
from supervision.matters.models import Suggestion
from supervision.matters.permissions import may_see_names, suggestions_visible_to
from supervision.matters.signals import onward
from supervision.matters.states import Verb
from supervision.matters.table import TABLE
from supervision.matters.workflow import MATTERS
from supervision.pages.step_forms import DANGEROUS, PROMPT, STEP_FORMS, WITH_FILES, StepForm
from ui.refusals import status_of_form

SERVICES: dict[Verb, Callable[..., Any]] = {
    Verb.RETURN: services.return_to_staff,
    **{verb: getattr(services, str(verb)) for verb in STEP_FORMS if verb is not Verb.RETURN},
}
UNVERSIONED = (Verb.URGE, Verb.TAKE_BACK_URGE, Verb.SAY)
"""Steps that hurt nobody's open form and are hurt by none."""
Refused = tuple[Verb, StepForm] | None


def matter_or_404(request: HttpRequest, number: str) -> Suggestion:
    """Return the matter with everything its page says; missing and hidden look the same."""
    return get_object_or_404(queries.with_timeline(suggestions_visible_to(request.user)), number=number)


@require_safe
@require_role()
def suggestion(request: HttpRequest, number: str) -> HttpResponse:
    """One matter: its clocks, its timeline, and what this person may do now."""
    return _page(request, matter_or_404(request, number))


def _page(
    request: HttpRequest,
    found: Suggestion,
    refused: Refused = None,
    since: list[Entry] | None = None,
) -> HttpResponse:
    steps = _step_forms(request, found, refused)
    raised, ways = onward(found, request.user)
    context = {
        "suggestion": found,
        "finding": found.source,
        "things": things_of(found, request.user),
        "may_see_names": may_see_names(request.user, found),
        "others_seen": _others_seen(request, found),
        "clocks": running_clocks(found),
        "turn": turn_of(found),
        "not_now": steps_not_now(found, request.user, [Verb(step["verb"]) for step in steps]),
        "request_event": queries.open_request(found),
        "timeline": timeline(found, request.user),
        "prompts": [step for step in steps if step["is_prompt"]],
        "others": [step for step in steps if not step["is_prompt"]],
        "unlink": _unlink(request, found),
        "raised": raised,
        "ways": ways,
        "refused_form": refused[1] if refused else None,
        "since": since,
    }
    status = status_of_form(refused[1]) if refused else 200
    response = render(request, "supervision/suggestion.html", context, status=status)
    if refused:
        # The address of a step takes only POST; what is shown is the matter.
        response["HX-Push-Url"] = reverse("supervision:suggestion", args=[found.number])
    return response


def _others_seen(request: HttpRequest, found: Suggestion) -> set[int]:
    """Which of the matters that belong to this one (merged, split) the reader may see; of others the number is said."""
    near = [found.merged_into, found.split_from, *found.parts.all(), *found.merged.all()]
    keys = [one.pk for one in near if one is not None]
    return set(suggestions_visible_to(request.user).filter(pk__in=keys).values_list("pk", flat=True)) if keys else set()


def _allowed(request: HttpRequest, found: Suggestion) -> list[Verb]:
    return [step.verb for step in steps_now(MATTERS, request.user, found) if step.verb in STEP_FORMS]


def _step_forms(request: HttpRequest, found: Suggestion, refused: Refused) -> list[dict[str, Any]]:
    """Return one form for each step this person may take now; a refused one comes with what was typed."""
    allowed = _allowed(request, found)
    shown = [verb for verb in STEP_FORMS if verb in allowed or (refused and verb is refused[0])]
    return [
        {
            "verb": str(verb),
            "name": TABLE.verbs[verb],
            "form": refused[1] if refused and verb is refused[0] else _form(request, found, verb),
            "is_allowed": verb in allowed,
            "is_refused": bool(refused and verb is refused[0]),
            "is_prompt": verb in PROMPT or bool(refused and verb is refused[0]),
            "is_dangerous": verb in DANGEROUS,
        }
        for verb in shown
        if verb is not Verb.UNLINK
    ]


def _form(request: HttpRequest, found: Suggestion, verb: Verb, data: Any = None, files: Any = None) -> StepForm:
    last = max((event.pk for event in found.events.all()), default=0)
    how: dict[str, Any] = {
        "initial": {"version": found.version, "seen": last},
        "auto_id": f"{verb}-%s",
        "matter": found,
        "user": request.user,
        "takes_files": verb in WITH_FILES,
    }
    return STEP_FORMS[verb](data, files, **how)


def _unlink(request: HttpRequest, found: Suggestion) -> bool:
    return Verb.UNLINK in _allowed(request, found)


@require_safe
@require_role()
def step_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A file that was handed in with a step, as a download, for whoever may see the matter."""
    found = get_object_or_404(files_visible_to(request.user), pk=pk)
    how = {"as_attachment": True, "filename": found.name}
    return stored_response(request, found.file, cache="private, no-store", **how)


@require_POST
@require_role()
def step(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Take one step; a refusal shows the page again with what was typed."""
    found = matter_or_404(request, number)
    if verb not in STEP_FORMS:
        raise Http404
    chosen = Verb(verb)
    form = _form(request, found, chosen, request.POST, request.FILES)
    if not form.is_valid():
        _keep_files(request, found, chosen, form)
        return _page(request, found, (chosen, form))
    try:
        _take(request, found, chosen, form)
    except StaleEdit as refusal:
        return _conflict(request, number, chosen, form, refusal)
    except Refusal as refusal:
        if isinstance(refusal, NotPermitted) and refusal.code == "not-permitted":
            raise
        found = matter_or_404(request, number)
        _keep_files(request, found, chosen, form)
        form.show(refusal)
        return _page(request, found, (chosen, form))
    form.delete_kept()
    messages.success(request, gettext("“%(step)s”已记录。") % {"step": TABLE.verbs[chosen]})
    # A department that returned a matter no longer sees it.
    still_there = suggestions_visible_to(request.user).filter(pk=found.pk).exists()
    return redirect("supervision:suggestion", number=number) if still_there else redirect("work")


def _take(request: HttpRequest, found: Suggestion, verb: Verb, form: StepForm) -> None:
    given = form.given()
    if verb in UNVERSIONED:
        given.pop("version")
    SERVICES[verb](request.user, found.pk, **given)


def _keep_files(request: HttpRequest, found: Suggestion, verb: Verb, form: StepForm) -> QueryDict:
    """Keep the files of a form that comes back, where its step is open to this person now; return the body."""
    if verb in _allowed(request, found):
        return form.keep_files()
    return request.POST.copy()


def _conflict(request: HttpRequest, number: str, verb: Verb, form: StepForm, refusal: Refusal) -> HttpResponse:
    """Show what others did meanwhile beside what was typed; sent again, it is sent knowing that."""
    found = matter_or_404(request, number)
    seen = form.cleaned_data.get("seen") or 0
    since = [entry for entry in timeline(found, request.user) if seen and entry.event.pk > seen]
    data = _keep_files(request, found, verb, form)
    data["version"], data["seen"] = str(found.version), str(max((event.pk for event in found.events.all()), default=0))
    again = _form(request, found, verb, data)
    again.is_valid()
    again.show(refusal)
    again.show_unkept(form.unkept)
    return _page(request, found, (verb, again), since)
