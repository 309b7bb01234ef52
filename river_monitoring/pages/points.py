"""Pages of river monitoring: overview, list, one point, an officer's step, an evidence file."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import F, QuerySet
from django.forms import BoundField
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Role
from accounts.permissions import has_role, require_role, role_of
from geokit.refusal import NotPermitted, Refusal
from ledger.filestore.responses import stored_response
from river_monitoring.assessment.queries import Taken, assess, read_since
from river_monitoring.assessment.verdict import assessment_now, readings_in_words, values_in_words, verdict_of
from river_monitoring.history import history_of, years_of
from river_monitoring.network.permissions import rivers_visible_to
from river_monitoring.pages.sample import rows_of
from river_monitoring.points import chiefs, queries
from river_monitoring.points.models import MonitoringPoint, WaterClass
from river_monitoring.points.past import use_changes
from river_monitoring.points.permissions import FOLLOWERS, may_change_point, points_visible_to
from river_monitoring.points.services import follow_point
from river_monitoring.rectification import claims_vs_samples, delisting, evidence, objections, services, vouching
from river_monitoring.rectification.covering import may_see_picture
from river_monitoring.rectification.forms import TransitionForm
from river_monitoring.rectification.permissions import PUBLIC_EVIDENCE, evidence_visible_to
from river_monitoring.rectification.standing import standing_of
from river_monitoring.samples.parties import works_parties
from river_monitoring.samples.permissions import may_record_sample
from river_monitoring.samples.queries import samples_of
from river_monitoring.selection import snapshot
from river_monitoring.selection.filter_panel import month_in_words, panel_context
from river_monitoring.selection.filters import PointFilter
from river_monitoring.standard.averages import span_of
from river_monitoring.statistics import trends
from river_monitoring.statistics.coverage import coverage_now
from river_monitoring.statistics.overview import state_now, towns_now
from river_monitoring.statistics.trends import DEFAULT_PARAMETER
from river_monitoring.steps.proofs import EvidenceOnFile
from river_monitoring.steps.standing import Standing
from river_monitoring.steps.table import OPEN, TABLE, State
from river_monitoring.waters.stream import SHOWN, stream_of
from river_monitoring.works.permissions import may_work_on
from river_monitoring.works.queries import outfalls_for_lists, works_of
from tiles.query.request import MONTH
from ui.forms.photos import taken
from ui.forms.refusable import render_form
from ui.pagination import page_of

PAGE_SIZE = 20
SHORT_LIST = 8
RECENT = 12
RECENT_SAMPLES = 6
UNTIL_COVERED_SECONDS = 300
"""For how long a browser keeps a public photo without asking: one that is covered then must not stay in it."""
CHANGED = "entity-changed"


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The state of the district's waters: classes with their denominators, what is overdue, what is worst."""
    points = points_visible_to(request.user)
    overdue, coverage = queries.overdue_points(points), coverage_now(points)
    worst = queries.for_lists(points).filter(current_class=WaterClass.INFERIOR_V).order_by("code")
    context = {
        "classes": queries.class_counts(points),
        "statuses": queries.status_counts(points),
        "towns": towns_now(points, coverage),
        "state": state_now(points, coverage),
        "total": points.count(),
        "rivers": rivers_visible_to(request.user).count(),
        "overdue": overdue[:SHORT_LIST],
        "overdue_count": overdue.count(),
        "worst": worst[:SHORT_LIST],
        "worst_count": worst.count(),
        "newest_sample": queries.newest_sample_time(points),
    }
    return render(request, "river/overview.html", context)


@require_safe
def point_list(request: HttpRequest) -> HttpResponse:
    """Points, worst first, narrowed by the filters in the address."""
    points = points_visible_to(request.user)
    chosen = PointFilter(request.GET, queryset=queries.for_lists(points), request=request)
    found = _worst_first(chosen.qs) if chosen.is_valid() else MonitoringPoint.objects.none()
    page = page_of(request, found, PAGE_SIZE)
    context = {
        "page": page,
        "total": points.count(),
        **panel_context(chosen, request.GET),
        "may_sample": has_role(request.user, Role.OFFICER, Role.STAFF),
        "may_register": has_role(request.user, Role.STAFF, Role.GIS),
    }
    return render(request, "river/point_list.html", context)


def _worst_first(points: QuerySet[MonitoringPoint]) -> QuerySet[MonitoringPoint]:
    return points.order_by("-class_shown", F("due_on").asc(nulls_last=True), "code")  # type: ignore[misc]


@require_safe
def point_page(request: HttpRequest, code: str) -> HttpResponse:
    """One point: its class and why, its trend, its rectification, who answers for it."""
    return _render_point(request, _get_point(request, code))


@require_role(Role.OFFICER)
@require_POST
def transition(request: HttpRequest, code: str) -> HttpResponse:
    """Take the next step with a point; on a refusal the page comes back with what was typed."""
    point = _get_point(request, code)
    form = TransitionForm(request.POST, request.FILES)
    if not form.is_valid():
        return _swap(_render_point(request, point, form), point)
    try:
        event = _submit(request, point, form)
    except NotPermitted:
        raise
    except Refusal as refusal:
        form.show(refusal)
        return _swap(_render_point(request, _get_point(request, code), form), point)
    messages.success(request, _("已更新：%s") % event.get_to_status_display())
    if not request.htmx:  # type: ignore[attr-defined]
        return taken(request, point.get_absolute_url(), form.arrivals)
    # htmx does not see the headers of a redirect, so the page is sent at once.
    answer = _swap(_render_point(request, _get_point(request, code)), point)
    answer["HX-Trigger"] = CHANGED
    return answer


@require_role(*FOLLOWERS)
@require_POST
def follow(request: HttpRequest, code: str) -> HttpResponse:
    """Follow a point, or stop; its changes then stand on the person's own page."""
    point = _get_point(request, code)
    followed = follow_point(point.pk, request.user, follow=request.POST.get("follow") == "1")
    messages.success(request, _("已关注，有变化会通知您，也列在“工作”页。") if followed else _("已取消关注。"))
    return redirect("river:following" if request.POST.get("back") else point)


def _swap(answer: HttpResponse, point: MonitoringPoint) -> HttpResponse:
    """Let htmx show the answer under the point's own address, which can be reloaded and shared."""
    answer["HX-Push-Url"] = point.get_absolute_url()
    return answer


def _submit(request: HttpRequest, point: MonitoringPoint, form: TransitionForm) -> Any:
    given = form.cleaned_data
    return services.transition_point(
        point.pk,
        given["to_state"],
        request.user,
        expected_version=given["version"],
        note=given["note"],
        due_on=given["due_on"],
        attachments=form.attachments(),
    )


@require_safe
def evidence_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Serve a photo or paper to those who may see it; for others there is none."""
    piece = get_object_or_404(evidence_visible_to(request.user).select_related("cover", "event__point__area"), pk=pk)
    if not may_see_picture(request.user, piece):
        raise Http404
    is_public = piece.kind in PUBLIC_EVIDENCE and not hasattr(piece, "cover")
    kept = f"public, max-age={UNTIL_COVERED_SECONDS}" if is_public else "private, max-age=0"
    return stored_response(request, piece.file, cache=kept, as_attachment=not is_public, filename=piece.download_name)


def _get_point(request: HttpRequest, code: str) -> MonitoringPoint:
    point = get_object_or_404(queries.for_lists(points_visible_to(request.user)), code=code)
    if point.current_sample is not None:
        point.current_sample.point = point  # not to be read again
    return point


def _render_point(request: HttpRequest, point: MonitoringPoint, form: TransitionForm | None = None) -> HttpResponse:
    queries.read_about(point)
    use_changes(point, queries.in_order(queries.rows_about(point, "changes")))
    is_asked = point.status != State.NONE or role_of(request.user) == Role.OFFICER
    trend, works, read = _trend_of(request, point), works_parties(point), _read_samples(point, is_asked)
    file = evidence.evidence_on_file(point, works=works, read=read) if is_asked else None
    standing = standing_of(point) if is_asked else None
    due, now = delisting.look_back_due(point), assessment_now(point, read)
    context = {
        "point": point,
        "map_thing": point,
        "snapshot": _snapshot(request, point),
        "readings": readings_in_words(point.current_sample),
        "samples": rows_of(samples_of(point, request.user)[:RECENT_SAMPLES], works),
        "verdict": verdict_of(now, point) if now else None,
        "values": values_in_words(now) if now and now.samples > 1 else [],
        "trend": trend,
        "recent": trends.newest_first(trend, RECENT),
        "years": years_of(history_of(point, request.user, standing)),
        "outlook": evidence.public_next_step(point, file, standing),
        "delisting": delisting.delisting_outlook(point, file, standing),
        "check": claims_vs_samples.check_claims(point, works=works, read=read),
        **_objections(request, point, standing),
        "look_back_due": due,
        "look_back_late": due is not None and due < timezone.localdate(),
        "is_open": point.status in OPEN,
        "steps": _step_panels(request, point, form, file, standing),
        "form": form,
        "chiefs": chiefs.of_point(point, request.user),
        "may_call": chiefs.may_call_chiefs(request.user, [point.area]),
        "stream": stream_of(point, request.user, SHOWN),
        "may_report": role_of(request.user) != Role.OFFICER,
        "may_sample": may_record_sample(request.user, point, works),
        "may_change": may_change_point(request.user, point),
        "may_follow": has_role(request.user, *FOLLOWERS),
        "is_followed": request.user.is_authenticated and point.follows.filter(user=request.user).exists(),
        **_works(request, point),
    }
    return render_form(request, "river/point.html", context, form or TransitionForm())


def _read_samples(point: MonitoringPoint, is_asked: bool) -> list[Taken]:
    """The samples that any part of the page judges: of the claims, of the month shown, and where what proves a step
    `is_asked` of the listing, or without one all."""
    shown = span_of(point.current_month, "month").first_day if point.current_month else None
    days = [day for day in (claims_vs_samples.compared_since(), shown, point.listed_on) if day]
    return read_since(point, None if is_asked and point.listed_on is None else min(days))


def _snapshot(request: HttpRequest, point: MonitoringPoint) -> dict[str, Any] | None:
    """The point as it was in the month that the address asks for; None for now, and for what is no month."""
    at = request.GET.get("at", "")
    if not MONTH.fullmatch(at):
        return None
    month = dt.date.fromisoformat(f"{at}-01")
    shown = snapshot.with_values_shown(points_visible_to(request.user).filter(pk=point.pk), request.user, month).get()
    found = assess(point, span_of(month, "month"))
    return {
        "month": month_in_words(month),
        "point": shown,
        "status": TABLE.label(shown.status_shown),  # type: ignore[attr-defined]
        "sampled": shown.sampled_shown,  # type: ignore[attr-defined]
        "verdict": verdict_of(found, point),
    }


def _objections(request: HttpRequest, point: MonitoringPoint, standing: Standing | None) -> dict[str, Any]:
    """What was objected to, and what this person may do about it; photos that wait for a word."""
    is_listed = point.status in objections.OBJECTED_IN
    return {
        "objections": queries.rows_about(point, "objections"),
        "may_object": is_listed and objections.may_object(request.user, point),
        "may_answer": objections.may_answer(request.user, point, standing),
        "to_vouch": vouching.to_vouch(request.user, point, standing),
    }


def _works(request: HttpRequest, point: MonitoringPoint) -> dict[str, Any]:
    works, causes = works_of(point), list(point.typed_causes.all())
    outfalls = list(outfalls_for_lists(request.user).filter(points=point))
    may_work = may_work_on(request.user, point)
    anything = bool(works.measures or works.earlier or causes or outfalls or point.causes)
    return {
        "works": works,
        "causes": causes,
        "outfalls": outfalls,
        "may_work": may_work,
        "has_works": anything or point.status in OPEN,
    }


def _trend_of(request: HttpRequest, point: MonitoringPoint) -> dict[str, Any]:
    """Of the parameter asked for, else the one that decides the class, else ammonia."""
    parameters = trends.available_parameters(point)
    available = {entry["code"] for entry in parameters}
    asked = request.GET.get("parameter", "")
    now = max(queries.rows_about(point, "months"), key=lambda row: row.month, default=None)
    limiting = now.limiting if now and point.current_class > 1 else []
    chosen = next((code for code in (asked, *limiting, DEFAULT_PARAMETER) if code in available), DEFAULT_PARAMETER)
    return trends.trend(point, chosen, parameters)


@dataclass(frozen=True)
class StepPanel:
    """A step that this person may take, its form, and the fields that the step asks for."""

    step: evidence.NextStep
    form: TransitionForm

    @property
    def fields(self) -> list[BoundField]:
        return self.form.fields_for(self.step.step, self.step.held)


def _step_panels(
    request: HttpRequest,
    point: MonitoringPoint,
    bound: TransitionForm | None,
    file: EvidenceOnFile | None,
    standing: Standing | None,
) -> list[StepPanel]:
    """Each step that this person may take, with a form of its own; a refused one keeps what was typed."""
    asked = bound.data.get("to_state") if bound else None
    panels = []
    for step in evidence.next_steps(point, request.user, file, standing):
        form = bound if bound and step.target == asked else TransitionForm()
        form.auto_id = f"id_{step.target}_%s"
        panels.append(StepPanel(step, form))
    return panels
