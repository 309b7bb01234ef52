"""Pages of congress staff for a vote before it opens: draft, review by a second person, change, cancellation."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import leads, require_leader
from geokit.refusal import Refusal
from ledger.steps.apply import steps_now
from projects.pages.access import signed_in
from projects.pages.forms.voting import CallForm, CancelForm, DraftStepForm, RunoffForm
from projects.voting import cancelling
from projects.voting.drafts import services
from projects.voting.drafts.models import VoteDraft
from projects.voting.drafts.table import TABLE, Stage, Verb
from projects.voting.drafts.workflow import DRAFTS, drafts_visible_to, projects_of
from projects.voting.models import VoteSession
from projects.voting.queries import votes_visible_to
from projects.voting.runoff import runoff_terms
from projects.voting.services import Terms
from ui.forms.refusable import posted, render_form

OF_A_PAGE = (Verb.SEND, Verb.APPROVE, Verb.SEND_BACK, Verb.DROP)
"""Steps with a form on the draft's page; a change has a page of its own."""


@require_leader
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Write a draft of a vote on candidates."""
    form = CallForm(request.user, posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            draft = services.begin(*_given(form), signed_in(request), send=sends(request))
        except Refusal as refusal:
            form.show(refusal)
        else:
            return say_begun(request, draft)
    return render_form(request, "projects/votes/call.html", {"form": form})


def sends(request: HttpRequest) -> bool:
    """Tell whether who saves a draft also hands it to the second person."""
    return "send" in request.POST


def say_begun(request: HttpRequest, draft: VoteDraft) -> HttpResponse:
    """Lead to a draft that was begun, and say who has to do what now."""
    messages.success(
        request,
        _("草案已保存并送审，由另一位工作人员审核。")
        if draft.state == Stage.REVIEW
        else _("草案已保存。送审后，由另一位工作人员审核，才正式安排。"),
    )
    return redirect(draft)


@require_leader
@require_safe
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """One draft: what the vote is to be, who did what, and what may be done now."""
    return _page(request, _draft(request, pk))


@require_leader
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft."""
    found = _draft(request, pk)
    form = _change_form(request, found)
    if request.method == "POST" and form.is_valid():
        version, send = form.cleaned_data["version"], sends(request)
        try:
            services.change(found.pk, *_given(form, found.runoff_of), signed_in(request), version, send=send)
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已修改并送审。") if send else _("已修改。"))
            return redirect(found)
    return render_form(request, "projects/votes/call.html", {"form": form, "draft": found})


@require_leader
@require_POST
def step(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Send, approve, send back or drop a draft."""
    found = _draft(request, pk)
    if verb not in OF_A_PAGE:
        raise Http404
    form = DraftStepForm(request.POST, auto_id=f"{verb}-%s", asks=verb in (Verb.SEND_BACK, Verb.DROP))
    if form.is_valid():
        given = form.cleaned_data
        try:
            after = services.step(found.pk, Verb(verb), signed_in(request), given["version"], given.get("reason", ""))
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("“%(step)s”已记录。") % {"step": TABLE.verbs[Verb(verb)]})
            return redirect(after.session or after)
    return _page(request, _draft(request, pk), (Verb(verb), form))


@require_leader
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel a vote that has not opened; with a change, a draft that says the same is begun."""
    session = get_object_or_404(votes_visible_to(request.user).select_related("area"), pk=pk)
    if not leads(request.user, session.area):
        raise Http404
    form = CancelForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(_cancel(request, session, form))
        except Refusal as refusal:
            form.show(refusal)
    return render_form(request, "projects/votes/cancel.html", {"form": form, "session": session})


def _cancel(request: HttpRequest, session: VoteSession, form: CancelForm) -> Any:
    actor, reason = signed_in(request), form.cleaned_data["reason"]
    if form.cleaned_data["change"]:
        made = services.change_called(session.pk, actor, reason)
        messages.success(request, _("原来的票决已取消，名册上的代表已收到通知。请在这份草案里修改，再送审。"))
        return made
    cancelling.cancel_vote(session.pk, actor, reason)
    messages.success(request, _("票决已取消，名册上的代表已收到通知。"))
    return session


def _draft(request: HttpRequest, pk: int) -> VoteDraft:
    rows = drafts_visible_to(request.user).select_related("area", "author", "session", "replaces", "runoff_of__area")
    return get_object_or_404(rows, pk=pk)


def _change_form(request: HttpRequest, found: VoteDraft) -> CallForm | RunoffForm:
    if found.runoff_of is None:
        return CallForm(request.user, posted(request), initial=_initial(found), version=found.version)
    times = {"opens_at": found.opens_at, "closes_at": found.closes_at}
    return RunoffForm(posted(request), initial=times, version=found.version)


def _given(form: CallForm | RunoffForm, first: VoteSession | None = None) -> tuple[Terms, list[Any]]:
    given = {name: value for name, value in form.cleaned_data.items() if name != "version"}
    if first is not None:
        return runoff_terms(first, **given)
    projects = list(given.pop("projects").order_by("code"))
    return Terms(**given), projects


def _initial(found: VoteDraft) -> dict[str, Any]:
    kept = {name: getattr(found, name) for name in ("title", "year", "places", "opens_at", "closes_at")}
    return kept | {"area": found.area_id, "projects": [project.pk for project in projects_of(found)]}


def _page(request: HttpRequest, found: VoteDraft, refused: tuple[Verb, DraftStepForm] | None = None) -> HttpResponse:
    now = [Verb(line.verb) for line in steps_now(DRAFTS, request.user, found)]
    forms = []
    for verb in OF_A_PAGE:
        if refused and verb is refused[0]:
            forms.append((verb, TABLE.verbs[verb], refused[1]))
        elif verb in now:
            fresh = DraftStepForm(
                initial={"version": found.version}, auto_id=f"{verb}-%s", asks=verb in (Verb.SEND_BACK, Verb.DROP)
            )
            forms.append((verb, TABLE.verbs[verb], fresh))
    context = {
        "draft": found,
        "projects": projects_of(found),
        "form": refused[1] if refused else None,
        "events": found.events.select_related("actor"),
        "steps": forms,
        "may_change": Verb.CHANGE in now,
        "waits_for_second": found.state == "review" and Verb.APPROVE not in now,
    }
    shown = refused[1] if refused else DraftStepForm(asks=False)
    return render_form(request, "projects/votes/draft.html", context, shown)
