"""Pages of the deputies' vote."""

import csv
import io
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts.factors import passkeys
from accounts.models import Role
from accounts.permissions import leads, leads_somewhere, require_leader, require_role
from geokit.refusal import BadInput, Busy, NotPermitted, TooMany
from projects.pages.access import signed_in
from projects.pages.forms.voting import BallotForm, RunoffForm
from projects.pages.voting_drafts import say_begun, sends
from projects.voting import codes, services
from projects.voting.drafts import services as drafts
from projects.voting.drafts.table import TABLE as DRAFT_TABLE
from projects.voting.drafts.workflow import drafts_visible_to
from projects.voting.models import VoteSession
from projects.voting.queries import list_votes, phase_of, view_vote
from ui.downloads import file_response
from ui.forms.refusable import render_form


@require_safe
def vote_list(request: HttpRequest) -> HttpResponse:
    """All votes, the newest first."""
    now = timezone.now()
    votes = [(session, phase_of(session, now)) for session in list_votes(request.user)]
    waiting = drafts_visible_to(request.user).filter(state__in=DRAFT_TABLE.in_group("open")).select_related("area")
    context = {"votes": votes, "may_call": leads_somewhere(request.user), "drafts": waiting}
    return render(request, "projects/votes/list.html", context)


@require_safe
def vote(request: HttpRequest, pk: int) -> HttpResponse:
    """One vote: candidates and rules; the ballot for a deputy on the roll; the result with every ballot."""
    return _page(request, _session(request, pk))


@never_cache
@sensitive_post_parameters("choices", "blank", "code", "credential")
@require_role(Role.DEPUTY)
@require_POST
def cast_ballot(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a ballot. The receipt is in this one answer only: in no session, cookie, message or log."""
    session = _session(request, pk)
    form = BallotForm(session, request.POST)
    if not form.is_valid():
        return _page(request, session, form)
    given, elector = form.cleaned_data, signed_in(request)
    try:
        shown = (
            passkeys.takes(request, elector, _purpose(session), given["credential"]) if given["credential"] else None
        )
        receipt = codes.vote(session.pk, elector, given["choices"], given["code"], by_passkey=shown)
    except (BadInput, NotPermitted, TooMany) as refusal:
        form.show(refusal)
        return _page(request, session, form)
    return render(request, "projects/votes/receipt.html", {"session": session, "receipt": receipt})


@never_cache
@require_role(Role.DEPUTY)
@require_POST
def ballot_code(request: HttpRequest, pk: int) -> HttpResponse:
    """Mail an elector the code for her ballot."""
    session = _session(request, pk)
    try:
        mailbox = codes.send_code(session.pk, signed_in(request))
    except (BadInput, Busy, TooMany) as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("验证码已发到 %s。") % mailbox)
    return redirect(session)


@require_leader
@require_POST
def close_vote(request: HttpRequest, pk: int) -> HttpResponse:
    """Count a vote that is over."""
    session = _session(request, pk)
    try:
        services.close_vote(session.pk, signed_in(request))
    except BadInput as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("已计票，选票和结果已公布。"))
    return redirect(session)


@require_leader
@require_POST
def call_runoff(request: HttpRequest, pk: int) -> HttpResponse:
    """Draft a second vote on tied candidates, which a second person reviews."""
    session = _session(request, pk)
    form = RunoffForm(request.POST)
    if not form.is_valid():
        return _page(request, session, form)
    try:
        draft = drafts.begin_runoff(session.pk, **form.cleaned_data, actor=signed_in(request), send=sends(request))
    except BadInput as refusal:
        form.show(refusal)
        return _page(request, session, form)
    return say_begun(request, draft)


@require_safe
def ballots(request: HttpRequest, pk: int) -> HttpResponse:
    """Every ballot of a counted vote as CSV: exactly the lines that the digest is of, below one line of titles."""
    session = _session(request, pk)
    if not hasattr(session, "count"):
        raise Http404
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["receipt", "approved"])
    writer.writerows([one.receipt, " ".join(map(str, one.choices))] for one in session.ballots.order_by("receipt"))
    return file_response(out.getvalue().encode(), f"ballots-{session.pk}.csv")


@require_safe
def result(request: HttpRequest, pk: int) -> JsonResponse:
    """The count with the rules it was made by, for those who recompute it."""
    session = _session(request, pk)
    if not hasattr(session, "count"):
        raise Http404
    count = session.count
    return JsonResponse(
        {
            "title": session.title,
            "places": session.places,
            "quorum": session.quorum,
            "majority": session.majority,
            "tie": session.tie,
            "electors": count.electors,
            "cast": count.cast,
            "is_quorate": count.is_quorate,
            "candidates": {str(c.number): c.project.code for c in session.candidacies.select_related("project")},
            "hall": count.hall,
            "votes": count.votes,
            "elected": count.elected,
            "tied": count.tied,
            "sha256": count.digest,
        },
        json_dumps_params={"ensure_ascii": False, "indent": 1},
    )


def _session(request: HttpRequest, pk: int) -> VoteSession:
    return get_object_or_404(list_votes(request.user), pk=pk)


def _purpose(session: VoteSession) -> str:
    return f"ballot:{session.pk}"


def _page(request: HttpRequest, session: VoteSession, failed: Form | None = None) -> HttpResponse:
    view = view_vote(session, request.user)
    waiting = drafts_visible_to(request.user).filter(runoff_of=session, state__in=DRAFT_TABLE.in_group("open"))
    context: dict[str, Any] = {
        "view": view,
        "session": session,
        "failed_form": failed,
        "chosen": set(failed["choices"].value() or []) if isinstance(failed, BallotForm) else set(),
        "ballot_form": failed if isinstance(failed, BallotForm) else BallotForm(session),
        "ballots": session.ballots.order_by("receipt") if view.count else [],
        "runoff_form": failed if isinstance(failed, RunoffForm) else RunoffForm(),
        "runoff_draft": waiting.first() if view.count and view.count.tied else None,
        "has_runoff": VoteSession.objects.filter(runoff_of=session).first(),
        "documents": session.documents.all() if view.count else [],
        "may_call": leads(request.user, session.area),
    }
    if view.asks_passkey:
        context["passkey_options"] = passkeys.challenge(request, request.user, _purpose(session))
    return render_form(request, "projects/votes/detail.html", context, failed or context["runoff_form"])
