"""Pages of congress staff for one vote: the roll, who is frozen, and ballots on paper."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import leads, require_leader
from geokit.refusal import Refusal
from projects.pages.access import signed_in
from projects.pages.forms.voting import ConfirmForm, ConfirmManyForm, HallForm, PapersForm, TickForm
from projects.voting import confirming, paper
from projects.voting import roll as rolls
from projects.voting.models import Elector, VoteSession
from projects.voting.queries import OPEN, list_votes, phase_of
from ui.forms.refusable import render_form


@never_cache
@require_leader
@require_safe
def roll(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody on the roll: who has voted, on what, and whose vote is frozen."""
    return _page(request, _session(request, pk))


@require_leader
@require_POST
def confirm_elector(request: HttpRequest, pk: int, elector: int) -> HttpResponse:
    """Say that an elector's changed credentials are hers."""
    session = _session(request, pk)
    line = get_object_or_404(Elector, session=session, pk=elector)
    form = ConfirmForm(request.POST)
    if form.is_valid():
        try:
            confirming.confirm_elector(session.pk, line.pk, signed_in(request), form.cleaned_data["reason"])
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已核实，该代表可以投票了。核实记入票决记录。"))
            return redirect("projects:vote_roll", pk)
    return _page(request, session, form, line.pk)


@never_cache
@require_leader
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_electors(request: HttpRequest, pk: int) -> HttpResponse:
    """Say of many at once that their accounts are theirs: whom another officer invited, with the mailbox she wrote."""
    session = _session(request, pk)
    lines = [line for line in rolls.roll_of(session, signed_in(request)) if line.is_frozen]
    mine = [(line.elector.pk, _account_in_words(line.elector)) for line in lines if line.may_confirm]
    form = ConfirmManyForm(mine, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            done = confirming.confirm_electors(session.pk, given["electors"], signed_in(request), given["reason"])
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已核实 %d 位代表。核实记入票决记录。") % len(done))
            return redirect("projects:vote_roll", pk)
    context = {"session": session, "form": form, "waiting": len(mine), "others": len(lines) - len(mine)}
    return render_form(request, "projects/votes/confirm_many.html", context)


def _account_in_words(elector: Elector) -> str:
    """Whose account and where its codes go: what the second officer compares with a list of her own."""
    account = elector.deputy
    parts = [account.username, account.email] if account is not None else []
    return " · ".join(filter(None, [elector.name, *parts]))


@require_leader
@require_POST
def issue_paper(request: HttpRequest, pk: int, elector: int) -> HttpResponse:
    """Hand an elector a ballot on paper."""
    session = _session(request, pk)
    line = get_object_or_404(Elector, session=session, pk=elector)
    try:
        paper.issue_paper(session.pk, line.pk, signed_in(request))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("已记下，请交给该代表一张纸质选票。"))
    return redirect("projects:vote_roll", pk)


@never_cache
@require_leader
@require_http_methods(["GET", "HEAD", "POST"])
def tick(request: HttpRequest, pk: int) -> HttpResponse:
    """Tick in the hall who takes a ballot on paper, many at once."""
    session = _session(request, pk)
    waiting = rolls.on_roll(session).filter(turnout__isnull=True).select_related("deputy", "membership__person")
    choices = [(elector.pk, elector.name) for elector in waiting]
    form = TickForm(choices, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            given = paper.issue_papers(session.pk, form.cleaned_data["electors"], signed_in(request))
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已记下 %d 人，请各交一张纸质选票。") % given)
            return redirect("projects:vote_tick", pk)
    context = {"session": session, "form": form, "waiting": len(choices), "issued": paper.issued_papers(session)}
    return render_form(request, "projects/votes/tick.html", context)


@never_cache
@sensitive_post_parameters()
@require_leader
@require_http_methods(["GET", "HEAD", "POST"])
def hall_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter one teller's sheet of a hall."""
    session = _session(request, pk)
    form = HallForm(session, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            paper.enter_sheet(session.pk, signed_in(request), form.cleaned_data["papers"], form.votes())
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已录入。另一位计票人录入一致后即可计票。"))
            return redirect("projects:vote_hall", pk)
    sheets = paper.latest_sheets(session)
    context = {
        "session": session,
        "form": form,
        "issued": paper.issued_papers(session),
        "entries": [(sheet.teller, sheet.at, sheet.papers) for sheet in sheets],
        "agreed": paper.are_agreed(sheets),
    }
    return render_form(request, "projects/votes/hall.html", context)


@never_cache
@sensitive_post_parameters("papers")
@require_leader
@require_http_methods(["GET", "HEAD", "POST"])
def papers(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter what one teller read on the paper ballots."""
    session = _session(request, pk)
    form = PapersForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            paper.enter_papers(session.pk, signed_in(request), form.cleaned_data["papers"])
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已录入。另一位计票人录入一致后即可计票。"))
            return redirect("projects:vote_papers", pk)
    entries = paper.latest_entries(session)
    context = {
        "session": session,
        "form": form,
        "issued": paper.issued_papers(session),
        "entries": [(entry.teller, entry.at, len(entry.choices)) for entry in entries],
        "agreed": paper.are_agreed(entries),
    }
    return render_form(request, "projects/votes/papers.html", context)


def _session(request: HttpRequest, pk: int) -> VoteSession:
    session = get_object_or_404(list_votes(request.user), pk=pk)
    if not leads(request.user, session.area):
        raise Http404
    return session


def _page(
    request: HttpRequest, session: VoteSession, failed: ConfirmForm | None = None, failed_for: int = 0
) -> HttpResponse:
    lines = [
        (line, failed if failed and line.elector.pk == failed_for else ConfirmForm(auto_id=f"{line.elector.pk}-%s"))
        for line in rolls.roll_of(session, signed_in(request))
    ]
    context: dict[str, Any] = {
        "session": session,
        "lines": lines,
        "form": failed or ConfirmForm(),
        "failed_for": failed_for,
        "confirmable": sum(line.is_frozen and line.may_confirm for line, _form in lines),
        "issued": paper.issued_papers(session),
        "is_open": phase_of(session, timezone.now()) == OPEN,
    }
    return render_form(request, "projects/votes/roll.html", context)
