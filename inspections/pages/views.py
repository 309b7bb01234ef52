"""Pages of patrols: list, start, one patrol while it runs and afterwards, on paper, what was found, coverage."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import rules
from accounts.models import Role
from accounts.permissions import has_role, require_role
from geokit.refusal import Refusal
from inspections.pages.forms import FoundForm, SendForm, StartForm, StopForm, given
from inspections.pages.track_drawing import draw
from inspections.patrols import measuring, queries, services
from inspections.patrols.filters import PatrolFilter
from inspections.patrols.geojson import features_of
from inspections.patrols.models import Patrol, PatrolEvent, PatrolFinding, TrackPoint
from inspections.patrols.permissions import (
    READERS,
    RECORDERS,
    found_visible_to,
    may_patrol,
    may_record,
    patrol_photos_visible_to,
    patrols_visible_to,
)
from ledger.filestore.responses import stored_response
from ledger.filestore.small_copies import small_response
from supervision.permissions import linkable_points
from ui.forms.photos import taken
from ui.forms.refusable import render_form
from ui.pagination import page_of
from ui.refusals import prefers_json

PAGE_SIZE = 20
RHYTHM_DAYS = 180
COVERAGE_DAYS = (30, 90, 365)


@require_safe
@require_role(*READERS)
def patrol_list(request: HttpRequest) -> HttpResponse:
    """Patrols that this person may see, the newest first, with what they come to together."""
    visible = patrols_visible_to(request.user)
    chosen = PatrolFilter(request.GET, queryset=visible, request=request)
    found = chosen.qs if chosen.is_valid() else visible.none()
    sums = found.aggregate(metres=Sum("length_m"), seconds=Sum("recorded_s"))
    page = page_of(request, queries.for_lists(found, request.user), PAGE_SIZE)
    context = {
        "filter": chosen,
        "page": page,
        "rows": [(patrol, queries.standing(patrol, queries.rule_of(patrol))) for patrol in page],
        "total": visible.count(),
        "metres": sums["metres"] or 0,
        "minutes": (sums["seconds"] or 0) // 60,
        "people": found.values("user").distinct().count(),
        "running": queries.running(request.user),
        "may_patrol": may_patrol(request.user),
        "start_form": StartForm.fresh(request.user),
    }
    return render(request, "patrols/list.html", context | _rhythms(request))


def _rhythms(request: HttpRequest) -> dict[str, Any]:
    """How often each person patrols, for the staff who keep it in view; a deputy sees her own."""
    today = timezone.localdate()
    visible = patrols_visible_to(request.user)
    is_staff = has_role(request.user, Role.STAFF)
    if not is_staff:
        visible = visible.filter(user=request.user.pk)
    since = today - timedelta(days=RHYTHM_DAYS)
    without, deputies = queries.deputies_without(visible.filter(started_at__date__gte=since), request.user)
    return {
        "rhythms": queries.rhythms(visible, today, since),
        "rhythm_days": RHYTHM_DAYS,
        "is_staff": is_staff,
        "without": without,
        "deputies": deputies,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(*RECORDERS)
def new(request: HttpRequest) -> HttpResponse:
    """Begin a patrol; who has one running is led to it."""
    if running := queries.running(request.user):
        return redirect(running)
    form = StartForm(request.POST) if request.method == "POST" else _fresh_start(request)
    form.offer(request.user)
    if form.is_bound and form.is_valid():
        river = form.cleaned_data["river"]
        try:
            patrol = services.start(
                request.user, river_code=river.code if river else "", **given(form, "client_id", "capacity")
            )
        except Refusal as refusal:
            form.show(refusal)
        else:
            return redirect(patrol)
    return render_form(request, "patrols/new.html", {"form": form, "rules": queries.rules().values()})


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """The page of a patrol as a phone keeps it for when there is no signal: the same for everybody."""
    forms = {"start": StartForm.offered_to(request.user), "form": FoundForm(), "stop_form": StopForm()}
    return render(request, "patrols/offline.html", forms)


@require_safe
@require_role(*RECORDERS)
def here(request: HttpRequest) -> HttpResponse:
    """Inspect a point at once: into the patrol that is running, else as a finding of its own."""
    running = queries.running(request.user)
    address = reverse("patrols:find", args=[running.pk]) if running else reverse("supervision:report")
    return redirect(f"{address}?{urlencode({'point': request.GET.get('point', '')})}")


def _fresh_start(request: HttpRequest) -> StartForm:
    form = StartForm.fresh(request.user)
    form.initial["river"] = request.GET.get("river", "")
    return form


def _get(request: HttpRequest, pk: int) -> Patrol:
    return get_object_or_404(queries.for_lists(patrols_visible_to(request.user), request.user), pk=pk)


@require_safe
@require_role(*READERS)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One patrol: while it runs, the recorder for her who walks; afterwards what it came to."""
    return _patrol_page(request, _get(request, pk))


def _patrol_page(request: HttpRequest, patrol: Patrol, stop_form: StopForm | None = None) -> HttpResponse:
    form = stop_form or StopForm()
    context = _facts(request, patrol) | {"stop_form": form, "may_record": may_record(request.user, patrol)}
    return render_form(request, "patrols/detail.html", context, form)


def _facts(request: HttpRequest, patrol: Patrol) -> dict[str, Any]:
    """What page and paper both say of a patrol."""
    found = _found(request, patrol)
    stopped = patrol.events.filter(verb=PatrolEvent.Verb.STOPPED).first()
    return {
        "patrol": patrol,
        "standing": queries.standing(patrol, queries.rule_of(patrol)),
        "waters": queries.waters_of(patrol),
        "found": found.select_related("point", "matter__suggestion__department").prefetch_related("photos"),
        "faults": [(TrackPoint.Fault(name).label, count) for name, count in sorted(patrol.faults.items())],
        "fixes": patrol.points.count(),
        "so_far": measuring.track_of(patrol) if patrol.is_running else None,
        "is_own": patrol.user_id == request.user.pk,
        "is_untouched": stopped is None or stopped.digest == measuring.digest_of(patrol),
        "events": patrol.events.filter(Q(found=None) | Q(found__in=found)).select_related("actor", "found"),
        "categories": SendForm(),
    }


def _found(request: HttpRequest, patrol: Patrol) -> QuerySet[PatrolFinding]:
    """What of the patrol's findings this person sees, in their order: page, paper and map number them alike."""
    return found_visible_to(request.user).filter(patrol=patrol).order_by("seen_at", "pk")


@require_POST
@require_role(*RECORDERS)
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """End a patrol and measure it."""
    patrol = _get(request, pk)
    form = StopForm(request.POST)
    if not form.is_valid():
        return _patrol_page(request, patrol, form)
    services.stop(request.user, patrol.pk, **given(form, "note"))
    messages.success(request, _("巡查已结束，里程和经过的水体已由服务器算出。"))
    return redirect(patrol)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(*RECORDERS)
def find(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep something found on the way."""
    patrol = _get(request, pk)
    # What is sent again after the end may be here already; the service knows.
    if not may_record(request.user, patrol) or (not patrol.is_running and request.method != "POST"):
        raise Http404
    form = FoundForm(request.POST, request.FILES) if request.method == "POST" else _fresh_found(request)
    if form.is_bound and form.is_valid():
        try:
            _keep(request, patrol, form)
        except Refusal as refusal:
            form.show(refusal)
        else:
            if not prefers_json(request):
                messages.success(request, _("已记入这次巡查。"))
            return taken(request, patrol.get_absolute_url(), form.arrivals)
    return render_form(request, "patrols/find.html", {"form": form, "patrol": patrol})


@require_POST
@require_role(*RECORDERS)
def find_by_number(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Keep something found on a patrol that the phone knows by its own number: it was begun without signal."""
    patrol = get_object_or_404(patrols_visible_to(request.user), client_id=client_id)
    return find(request, patrol.pk)


def _fresh_found(request: HttpRequest) -> FoundForm:
    point = linkable_points(request.user).filter(code=request.GET.get("point") or "").first()
    place = {"lng": f"{point.geom.x:.6f}", "lat": f"{point.geom.y:.6f}", "point": point.code} if point else {}
    return FoundForm(initial={"client_id": FoundForm.fresh_number(), **place})


def _keep(request: HttpRequest, patrol: Patrol, form: FoundForm) -> PatrolFinding:
    words = form.cleaned_data
    return services.add_finding(
        request.user,
        patrol.pk,
        lon=words["lng"],
        lat=words["lat"],
        point_code=words["point"],
        **given(form, "client_id", "kind", "text", "photos", "seen_at"),
    )


@require_POST
@require_role(*RECORDERS)
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Send what was found on as a matter."""
    found = get_object_or_404(found_visible_to(request.user), pk=pk)
    form = SendForm(request.POST)
    category = form.cleaned_data["category"] if form.is_valid() else ""
    matter = services.send(request.user, found.pk, category=category)
    messages.success(request, _("已转交办理，编号 %s。") % matter.suggestion.number)
    return redirect(found.patrol)


@require_safe
@require_role(*READERS)
def track(request: HttpRequest, pk: int) -> HttpResponse:
    """The track for the page's own map."""
    patrol = _get(request, pk)
    features = features_of(patrol, _found(request, patrol))
    answer = JsonResponse(features, json_dumps_params={"ensure_ascii": False})
    answer["Content-Type"] = "application/geo+json"
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_safe
@require_role(*READERS)
def printable(request: HttpRequest, pk: int) -> HttpResponse:
    """A patrol on paper: drawn as lines, with everything that the page says."""
    patrol = _get(request, pk)
    facts = _facts(request, patrol)
    answer = render(request, "patrols/print.html", facts | {"drawing": draw(patrol, facts["found"])})
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_safe
def coverage(request: HttpRequest) -> HttpResponse:
    """How much of the waters was within sight of a patrol, for everybody: by nobody's name."""
    asked = request.GET.get("days", "")
    days = next((each for each in COVERAGE_DAYS if str(each) == asked), 90)
    since, until = queries.last_days(days)
    towns, rivers = (
        queries.coverage_by_town(since, until, request.user),
        queries.coverage_by_river(since, until, request.user),
    )
    context = {
        "days": days,
        "choices": COVERAGE_DAYS,
        "towns": towns,
        "rivers": rivers,
        "total": queries.total_of(towns),
        "patrols": queries.ended_since(since, request.user).count(),
        "sight_m": rules.value("patrols.sight_m"),
    }
    return render(request, "patrols/coverage.html", context)


@require_safe
@require_role(*READERS)
def photo(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The photo itself, for whoever may see what it shows."""
    found = get_object_or_404(patrol_photos_visible_to(request.user), pk=pk)
    return stored_response(request, found.file, cache="private, max-age=3600")


@require_safe
@require_role(*READERS)
def photo_small(request: HttpRequest, pk: int) -> HttpResponse:
    """A small copy for pages."""
    found = get_object_or_404(patrol_photos_visible_to(request.user), pk=pk)
    return small_response(found.file)
