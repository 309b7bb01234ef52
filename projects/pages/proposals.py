"""Pages of proposals: the list, one, the form, and what congress staff decide."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.gis.geos import Point
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import rules
from accounts.models import Role, User
from accounts.permissions import is_deputy, require_role
from accounts.rate_limits import Limit, address_of, spend
from geokit.refusal import BadInput, StaleEdit, TooMany
from ledger.steps.apply import steps_now
from projects.covering.services import photo_for
from projects.pages.access import signed_in
from projects.pages.forms.proposals import AdoptForm, FilterForm, MergeForm, ProposalForm, ReviewForm
from projects.pages.photos import photo_response
from projects.plan.permissions import projects_visible_to
from projects.proposals import review as reviewing
from projects.proposals import services
from projects.proposals.models import Proposal
from projects.proposals.permissions import may_decide, may_review, proposals_visible_to
from projects.proposals.places import place_of
from projects.proposals.queries import NearbyItem, list_proposals, nearby
from projects.proposals.table import PROPOSALS
from projects.stages.candidates import CandidateDraft, create_candidate
from ui.forms.photos import taken
from ui.forms.refusable import render_form
from ui.pagination import page_of
from ui.refusals import status_of_form

PAGE_SIZE = 20
MOST_ON_MAP = 500
LOOKS = Limit("proposal-status", 60, timedelta(hours=1))


@require_safe
def proposal_list(request: HttpRequest) -> HttpResponse:
    """What was proposed and what became of it."""
    form, found = _found(request)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "page": page_of(request, found, PAGE_SIZE),
        "query": query.urlencode(),
        "may_review": may_review(request.user),
        "waiting": proposals_visible_to(request.user).filter(state__in=PROPOSALS.in_group("waiting")).count(),
    }
    return render(request, "projects/proposals/list.html", context)


@require_safe
def proposal_places(request: HttpRequest) -> JsonResponse:
    """The list's places as GeoJSON, for the map beside it."""
    _form, found = _found(request)
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [row.geom.x, row.geom.y]},
            "properties": {"kind": "new", "name": row.title, "number": row.number},
        }
        for row in found[:MOST_ON_MAP]
    ]
    return JsonResponse({"type": "FeatureCollection", "features": features})


@require_safe
def proposals_nearby(request: HttpRequest) -> HttpResponse:
    """What is already there around a place, as a piece of the form's page."""
    try:
        place = Point(float(request.GET.get("lng", "")), float(request.GET.get("lat", "")), srid=4326)
    except ValueError:
        return HttpResponse("")
    near = nearby(place, request.user) if abs(place.x) <= 180 and abs(place.y) <= 90 else []
    return render(request, "projects/proposals/_nearby.html", {"near": near})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    """Propose something; like things nearby are shown before it is sent."""
    if request.method != "POST":
        return _form_page(request, ProposalForm(initial=_initial(request)))
    form = ProposalForm(request.POST, request.FILES)
    if not form.is_valid():
        return _form_page(request, form)
    draft = form.draft()
    try:
        near = [] if form.cleaned_data["seen"] else _nearby_items(draft, request)
        if near:
            return _form_page(request, form, near)
        proposal = _submit(request, draft, form)
    except (BadInput, TooMany) as refusal:
        form.show(refusal)
        return _form_page(request, form)
    return taken(request, reverse("projects:proposal_sent", args=[proposal.number]), form.arrivals)


def _submit(request: HttpRequest, draft: services.ProposalDraft, form: ProposalForm) -> Proposal:
    deputy = signed_in(request) if is_deputy(request.user) else None
    if deputy is None:
        spend(Limit("proposal", rules.value("limits.proposals_hour"), timedelta(hours=1)), address_of(request))
    return services.submit(draft, deputy, form.cleaned_data["photo"])


@require_safe
def proposal_sent(request: HttpRequest, number: str) -> HttpResponse:
    """Where a proposal stands, by its number: the state and the answer, nothing of what it says."""
    spend(LOOKS, address_of(request))
    proposal = get_object_or_404(Proposal, number=number)
    visible = proposals_visible_to(request.user).filter(pk=proposal.pk).exists()
    return render(request, "projects/proposals/sent.html", {"proposal": proposal, "visible": visible})


@require_safe
def proposal(request: HttpRequest, number: str) -> HttpResponse:
    """One proposal: what, where, and what became of it."""
    return _page(request, _visible(request, number))


@require_safe
def proposal_photo(request: HttpRequest, number: str) -> HttpResponseBase:
    """The photo, for whoever may read the proposal."""
    found = _visible(request, number)
    return photo_response(request, photo_for(request.user, "proposal", found))


@require_role(Role.STAFF)
@require_POST
def review(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Publish, merge, adopt or decline."""
    if verb not in STEPS:
        raise Http404
    form_class, step = STEPS[verb]
    found = _visible(request, number)
    more: dict[str, Any] = {"user": request.user} if form_class is AdoptForm else {}
    form = form_class(request.POST, **more)
    if not form.is_valid():
        return _page(request, found, form, verb)
    try:
        step(found, signed_in(request), form.cleaned_data)
    except (BadInput, StaleEdit) as refusal:
        form.show(refusal)
        return _page(request, _visible(request, number), form, verb)
    messages.success(request, _("已办理，提出的人会收到通知。"))
    return redirect("projects:proposal", number)


Given = dict[str, Any]


def _publish(found: Proposal, actor: User, given: Given) -> None:
    reviewing.publish(found.number, actor, given["version"], given["text"])


def _decline(found: Proposal, actor: User, given: Given) -> None:
    reviewing.decline(found.number, actor, given["version"], given["text"])


def _merge(found: Proposal, actor: User, given: Given) -> None:
    reviewing.merge(found.number, actor, given["version"], given["into"], given["text"])


@transaction.atomic
def _adopt(found: Proposal, actor: User, given: Given) -> None:
    project = given["project"]
    if project is None:
        draft = CandidateDraft(
            name=given["name"],
            year=found.year,
            category=found.category,
            lead=given["lead"],
            area=found.area,
            geom=found.geom,
            starts_on=given["starts_on"],
            ends_on=given["ends_on"],
            address=found.address,
            summary=found.text,
            budget_wan=given["budget_wan"] or Decimal(0),
        )
        project = create_candidate(draft, actor, _("由项目建议 %s 列入") % found.number)
    reviewing.adopt(found.number, actor, given["version"], project, given["text"])


STEPS: dict[str, tuple[type[ReviewForm], Callable[[Proposal, User, Given], None]]] = {
    "publish": (ReviewForm, _publish),
    "decline": (ReviewForm, _decline),
    "merge": (MergeForm, _merge),
    "adopt": (AdoptForm, _adopt),
}


def _found(request: HttpRequest) -> tuple[FilterForm, Any]:
    form = FilterForm(request.GET, may_review=may_review(request.user))
    form.is_valid()
    return form, list_proposals(request.user, **form.cleaned_data)


def _visible(request: HttpRequest, number: str) -> Proposal:
    rows = proposals_visible_to(request.user).select_related("area", "deputy", "same_as", "project")
    return get_object_or_404(rows, number=number)


def _nearby_items(draft: services.ProposalDraft, request: HttpRequest) -> list[NearbyItem]:
    place, _town = place_of(draft.lng, draft.lat, draft.area, draft.address)
    return nearby(place, request.user)


def _initial(request: HttpRequest) -> dict[str, str]:
    """Take a place from the address, as the map's own button gives it."""
    return {name: request.GET[name] for name in ("lng", "lat", "category") if name in request.GET}


def _form_page(request: HttpRequest, form: ProposalForm, near: list[NearbyItem] | None = None) -> HttpResponse:
    return render_form(request, "projects/proposals/new.html", {"form": form, "near": near or []})


def _page(request: HttpRequest, found: Proposal, failed: Form | None = None, verb: str = "") -> HttpResponse:
    steps = steps_now(reviewing.REVIEW, request.user, found)
    context: dict[str, Any] = {
        "proposal": found,
        "events": found.events.select_related("actor").order_by("pk"),
        "merged": proposals_visible_to(request.user).filter(same_as=found),
        "project": projects_visible_to(request.user).filter(proposals=found).first(),
        "same_as": proposals_visible_to(request.user).filter(merged=found).first(),
        "near": [near for near in nearby(found.geom, request.user) if near.url != found.get_absolute_url()],
        "may_review": bool(steps),
        "may_decide": may_decide(request.user, found),
        "failed_form": failed,
        "verb": verb,
    }
    failed_of = {verb: failed}
    context["steps"] = [_step_form(request, line.verb, found, failed_of.get(line.verb)) for line in steps]
    status = status_of_form(failed) if failed is not None else 200
    return render(request, "projects/proposals/detail.html", context, status=status)


def _step_form(request: HttpRequest, verb: str, found: Proposal, failed: Form | None) -> tuple[str, str, Form]:
    """The verb, its label and its form: the one that failed, or an empty one."""
    form_class, _step = STEPS[verb]
    more: dict[str, Any] = {"proposal": found, "user": request.user} if form_class is AdoptForm else {}
    form = failed or form_class(initial={"version": found.version}, auto_id=f"{verb}_%s", **more)
    return verb, str(PROPOSALS.verbs[verb]), form
