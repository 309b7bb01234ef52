"""Pages of a draft: its words, whom to ask, with whom it is shared, where it is about, files beside it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.gis.geos import Point
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Membership
from accounts.permissions import require_role
from geokit.refusal import NotPermitted, Refusal
from papers.pages import forms
from papers.pages.paper import paper_or_404
from papers.register import features, files, places, services
from papers.register.models import Paper
from papers.register.permissions import seats_of
from papers.register.table import PaperState
from papers.register.workflow import WORKFLOW
from projects.plan.places import read_uploaded_places
from supervision.routing.zones import parse
from ui.forms.refusable import posted, posted_version, render_form


def draft_or_404(request: HttpRequest, pk: int) -> Paper:
    """Return a draft that this person may write."""
    found = paper_or_404(request, pk)
    mine = set(WORKFLOW.parties(request.user, found, WORKFLOW.facts(found)))
    if found.state != PaperState.DRAFT or not mine & {"lead", "group"}:
        raise Http404
    return found


def _tried(form: Any, work: Callable[[], Any]) -> Any:
    """Do `work`, or put its refusal on the form and return None. A stranger's attempt is no fault of the form."""
    try:
        return work()
    except Refusal as refusal:
        if isinstance(refusal, NotPermitted) and refusal.code == "not-permitted":
            raise
        form.show(refusal)
        return None


@require_http_methods(["GET", "HEAD", "POST"])
@require_role()
def new(request: HttpRequest) -> HttpResponse:
    """Begin a draft; for who sits in a congress."""
    if not seats_of(request.user).exists():
        raise Http404
    form = forms.PaperForm(posted(request), user=request.user, initial=_suggested(request))
    if form.is_bound and form.is_valid():
        seat, user = form.cleaned_data["seat"], request.user
        if made := _tried(form, lambda: services.begin(user, seat, **form.texts())):  # type: ignore[arg-type]
            return redirect(made)
    return render_form(request, "papers/edit.html", {"form": form, "paper": None})


def _suggested(request: HttpRequest) -> dict[str, str]:
    """Words that another page begins a draft with (`?title=&facts=`)."""
    return {name: request.GET[name][:8000] for name in ("title", "facts", "kind", "session") if name in request.GET}


@require_http_methods(["GET", "HEAD", "POST"])
@require_role()
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The words of a draft."""
    found = draft_or_404(request, pk)
    names = (
        "version",
        "kind",
        "session",
        "title",
        "facts",
        "analysis",
        "request",
        "category",
        "committee",
        "may_publish",
    )
    initial = {name: getattr(found, name) for name in names}
    form = forms.PaperForm(posted(request), user=request.user, congress=found.congress, initial=initial)
    if form.is_bound and form.is_valid():
        user, version = request.user, form.cleaned_data["version"]
        if _tried(form, lambda: services.edit(user, found, version, **form.texts())):  # type: ignore[arg-type]
            messages.success(request, _("已保存。文本改过的，联名的代表要再确认一次。"))
            return redirect(found)
    return render_form(request, "papers/edit.html", {"form": form, "paper": found})


@require_http_methods(["GET", "HEAD", "POST"])
@require_role()
def signers(request: HttpRequest, pk: int) -> HttpResponse:
    """Whom to ask to sign, and with which group the draft is shared."""
    found = draft_or_404(request, pk)
    words, initial = request.GET.get("name", "").strip()[:40], {"version": found.version}
    shares = request.POST.get("do") == "share"
    data = posted(request)
    invite = forms.InviteForm(None if shares else data, paper=found, words=words, initial=initial)
    share = forms.ShareForm(data if shares else None, paper=found, initial=initial)
    form, name = (share, "group") if shares else (invite, "members")
    if form.is_bound and form.is_valid():
        service: Any = services.share if shares else services.invite
        given, version = form.cleaned_data[name], form.cleaned_data["version"]
        if _tried(form, lambda: service(request.user, found, version, given)):
            messages.success(request, _("已保存。") if shares else _("已发出邀请，对方在“工作”里一点即可确认。"))
            return redirect("papers:signers", pk)
    context = {
        "paper": found,
        "invite": invite,
        "share": share,
        "words": words,
        "asked": found.signatories.filter(left_at=None).select_related("member__person", "paper"),
    }
    return render_form(request, "papers/signers.html", context, form)


@require_POST
@require_role()
def uninvite(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    """Take an invitation back."""
    found = draft_or_404(request, pk)
    one = get_object_or_404(Membership, pk=member, signatures__paper=found)
    services.uninvite(request.user, found, posted_version(request), one)  # type: ignore[arg-type]
    return redirect("papers:signers", pk)


def _areas(request: HttpRequest, found: Paper, form: Any) -> Any:
    given = form.cleaned_data
    return places.add_areas(request.user, found, given["areas"], whole=given["whole"])  # type: ignore[arg-type]


def _point(request: HttpRequest, found: Paper, form: Any) -> Any:
    given = form.cleaned_data
    point = Point(given["lng"], given["lat"], srid=4326)
    return places.add_point(request.user, found, point, given["name"])  # type: ignore[arg-type]


def _zone(request: HttpRequest, found: Paper, form: Any) -> Any:
    zone = parse(form.cleaned_data["corners"])
    assert zone is not None  # noqa: S101 - the field is required
    return places.add_zone(request.user, found, zone, form.cleaned_data["zone_name"])  # type: ignore[arg-type]


def _file(request: HttpRequest, found: Paper, form: Any) -> Any:
    shapes = read_uploaded_places(form.cleaned_data["file"])
    return places.add_shapes(request.user, found, shapes)  # type: ignore[arg-type]


WAYS: dict[str, tuple[type[Any], Callable[..., Any]]] = {
    "areas": (forms.AreasForm, _areas),
    "point": (forms.PointForm, _point),
    "zone": (forms.ZoneForm, _zone),
    "file": (forms.PlaceFileForm, _file),
}
"""The ways to say where a paper is about."""


@require_http_methods(["GET", "HEAD", "POST"])
@require_role()
def where(request: HttpRequest, pk: int) -> HttpResponse:
    """The places of a draft: none, or up to sixty."""
    found = draft_or_404(request, pk)
    way = request.POST.get("way", "")
    made = {
        name: kind(request.POST, request.FILES) if request.method == "POST" and way == name else kind()
        for name, (kind, _work) in WAYS.items()
    }
    made["feature"] = forms.FeatureForm(
        request.POST if way == "feature" else None, user=request.user, auto_id="feature-%s"
    )
    form = made.get(way)
    if way == "feature":
        return _feature(request, found, made)
    if form is not None and form.is_valid() and _tried(form, lambda: WAYS[way][1](request, found, form)):
        return redirect("papers:places", pk)
    return _where(request, found, made, form)


def _feature(request: HttpRequest, found: Paper, made: dict[str, Any]) -> HttpResponse:
    """Add the feature that was chosen, else show those that may be meant."""
    form, matches = made["feature"], None
    if form.is_valid():
        given = form.cleaned_data
        chosen = given["feature"]
        if chosen is None:
            point = Point(given["lng"], given["lat"], srid=4326) if given["lng"] is not None else None
            matches = features.find(request.user, given["layer"], given["words"], point)
        elif _tried(form, lambda: features.add_feature(request.user, found, given["layer"], chosen)):  # type: ignore[arg-type]
            return redirect("papers:places", found.pk)
    return _where(request, found, made, form, matches=matches)


def _where(request: HttpRequest, found: Paper, made: dict[str, Any], form: Any, **more: Any) -> HttpResponse:
    context = {"paper": found, "places": found.places.select_related("area"), "failed": form, **made, **more}
    return render_form(request, "papers/places.html", context, *made.values())


@require_POST
@require_role()
def remove_place(request: HttpRequest, pk: int, place: int) -> HttpResponse:
    """Take a place away."""
    places.remove(request.user, draft_or_404(request, pk), place)  # type: ignore[arg-type]
    return redirect("papers:places", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role()
def attachments(request: HttpRequest, pk: int) -> HttpResponse:
    """Files beside the text."""
    found = draft_or_404(request, pk)
    form = forms.AttachForm(posted(request), request.FILES or None)
    if form.is_bound and form.is_valid():
        upload = form.cleaned_data["file"]
        if _tried(form, lambda: files.attach(request.user, found, upload)):  # type: ignore[arg-type]
            return redirect("papers:files", pk)
    return render_form(request, "papers/files.html", {"form": form, "paper": found, "files": found.files.all()})


@require_POST
@require_role()
def detach(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    """Take a file away."""
    files.detach(request.user, draft_or_404(request, pk), file)  # type: ignore[arg-type]
    return redirect("papers:files", pk)
