"""The page of a paper, and its steps."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import require_role
from geokit.refusal import NotPermitted, Refusal
from ledger.filestore.responses import stored_response
from papers.desk import whole_file
from papers.desk.story import story
from papers.handling.models import Handling
from papers.handling.permissions import answers_visible_to, handlings_visible_to, scans_visible_to
from papers.pages import steps
from papers.register.evidence import evidence_for
from papers.register.features import places_shown_to
from papers.register.models import Paper, PaperFile
from papers.register.permissions import papers_concerning, papers_visible_to
from papers.register.queries import for_lists, versions_shown
from papers.register.rules_read import signers_needed
from papers.register.table import PaperParty, PaperState, PaperVerb
from papers.register.workflow import WORKFLOW
from ui.downloads import file_response
from ui.refusals import status_of_form


def paper_or_404(request: HttpRequest, pk: int) -> Paper:
    """Return the paper; missing and hidden look the same."""
    return get_object_or_404(for_lists(papers_visible_to(request.user)), pk=pk)


@require_safe
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """One paper: its text, who stands under it, who answers it, and what this person may do now."""
    return page(request, paper_or_404(request, pk))


def page(request: HttpRequest, found: Paper, refused: steps.Refused = None) -> HttpResponse:
    """Render the page, with a refused step as it was filled in."""
    user = request.user
    concerns = papers_concerning(user).filter(pk=found.pk).exists()
    offered = steps.offered(request, found, refused) if concerns else []
    mine = set(WORKFLOW.parties(user, found, WORKFLOW.facts(found)))
    is_own = concerns and bool(mine - {PaperParty.STAFF})
    handlings = found.handlings.select_related("department", "paper", "draft").prefetch_related("answers__scan")
    parts = [_handling(request, one, concerns, refused) for one in handlings]
    prompts = [step for step in offered if step.is_open]
    context: dict[str, Any] = {
        "paper": found,
        "concerns": concerns,
        "signers": found.signatories.filter(left_at=None).select_related("member__person", "paper"),
        "signers_needed": signers_needed(found),
        "places": places_shown_to(user, found.places.select_related("area")),
        "files": found.files.all(),
        "evidence": evidence_for(user, found),
        "versions": versions_shown(found, is_own=is_own) if concerns else [],
        "handlings": parts,
        "story": story(found, inner=is_own, public=not concerns),
        "prompts": prompts,
        "asked": [*prompts, *(step for part in parts for step in part["prompts"])],
        "others": [step for step in offered if not step.is_open],
        "may_write": found.state == PaperState.DRAFT and bool(mine & {"lead", "group"}),
        "is_lead": "lead" in mine,
        "refused_form": refused[2] if refused else None,
    }
    status = status_of_form(refused[2]) if refused else 200
    answer = render(request, "papers/paper.html", context, status=status)
    if refused:
        answer["HX-Push-Url"] = found.get_absolute_url()  # the address of a step takes only POST
    return answer


def _handling(request: HttpRequest, one: Handling, concerns: bool, refused: steps.Refused) -> dict[str, Any]:
    offered = steps.offered(request, one, refused) if concerns else []
    visible = answers_visible_to(request.user).filter(handling=one).select_related("scan").order_by("pk")
    of_visible = one.events.filter(verb="corrected", detail__answer__in=[answer.pk for answer in visible])
    return {
        "row": one,
        "answers": visible,
        "corrections": of_visible.order_by("at", "pk"),
        "request": one.events.filter(verb=one.request).order_by("at", "pk").last() if one.request else None,
        "prompts": [step for step in offered if step.is_open],
        "others": [step for step in offered if not step.is_open],
    }


@require_POST
@require_role()
def step(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Take one step of a paper."""
    return _step(request, paper_or_404(request, pk), verb)


@require_POST
@require_role()
def handling_step(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Take one step of a handling."""
    return _step(request, get_object_or_404(handlings_visible_to(request.user), pk=pk), verb)


def _step(request: HttpRequest, thing: Any, verb: str) -> HttpResponse:
    try:
        form = steps.form_of(thing, verb, request.POST, request.FILES)
    except KeyError:
        raise Http404 from None
    found: Paper = thing if isinstance(thing, Paper) else thing.paper
    if form.is_valid():
        try:
            steps.take(request, thing, verb, form)
        except Refusal as refusal:
            if isinstance(refusal, NotPermitted) and refusal.code == "not-permitted":
                raise
            form.show(refusal)
        else:
            return _done(request, found, verb)
    return page(request, paper_or_404(request, found.pk), (thing, verb, form))


def _done(request: HttpRequest, found: Paper, verb: str) -> HttpResponse:
    messages.success(request, _("已记录。") if verb != PaperVerb.SUBMIT else _("已提交，编号见页首。"))
    still_there = papers_visible_to(request.user).filter(pk=found.pk).exists()
    return redirect(found) if still_there else redirect("papers:list")


@require_safe
def file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A file that belongs to a paper."""
    row = get_object_or_404(PaperFile, pk=pk, paper__in=papers_visible_to(request.user))
    return _stored(request, row.file, row.name)


@require_safe
def document(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The Word document of a signed answer, to print, sign and seal."""
    row = get_object_or_404(answers_visible_to(request.user), pk=pk)
    return _stored(request, row.file, f"{row.number}.docx")


@require_safe
def scan(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The sealed scan of an answer."""
    row = get_object_or_404(scans_visible_to(request.user).select_related("answer"), pk=pk)
    return _stored(request, row.file, f"{row.answer.number}.{row.kind}")


def _stored(request: HttpRequest, file: Any, name: str) -> HttpResponseBase:
    return stored_response(request, file, cache="private, no-store", as_attachment=True, filename=name)


@require_safe
@require_role()
def whole(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole file of a paper as one PDF, for whom it concerns."""
    found = get_object_or_404(papers_concerning(request.user), pk=pk)
    return file_response(whole_file.write(request.user, found), f"{found.number or found.pk} {found.title}.pdf")


@require_safe
def places(request: HttpRequest, pk: int) -> JsonResponse:
    """The places of a paper as GeoJSON, for the map beside its page."""
    rows = places_shown_to(request.user, paper_or_404(request, pk).places.all())
    features = [
        {"type": "Feature", "id": row.pk, "geometry": _geometry(row), "properties": {"name": str(row)}} for row in rows
    ]
    answer = JsonResponse({"type": "FeatureCollection", "features": features})
    answer["Cache-Control"] = "private, no-store"
    return answer


def _geometry(row: Any) -> Any:
    import json

    return json.loads(row.geom.json)
