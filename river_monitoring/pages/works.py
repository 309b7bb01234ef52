"""The page on which a department keeps the causes and measures of a point."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Role
from accounts.permissions import require_role
from geokit.refusal import Refusal
from river_monitoring.points import queries as river
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.permissions import points_visible_to
from river_monitoring.works import services
from river_monitoring.works.forms import CausesForm, MeasureForm, ProgressForm
from river_monitoring.works.models import Measure
from river_monitoring.works.permissions import may_work_on
from river_monitoring.works.queries import works_of
from ui.forms.refusable import render_form

Forms = dict[str, Any]


@require_role(Role.OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def works(request: HttpRequest, code: str) -> HttpResponse:
    """Causes and measures of a point; the name of the button tells which form was sent."""
    point = _point(request, code)
    if request.method != "POST":
        return _page(request, point, {})
    if "causes" in request.POST:
        return _set_causes(request, point)
    return _add_measure(request, point)


@require_role(Role.OFFICER)
@require_POST
def measure(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Report a measure's progress, or give it up."""
    point = _point(request, code)
    found = get_object_or_404(Measure, pk=pk, point=point)
    form = ProgressForm(request.POST, auto_id=f"id_m{pk}_%s")
    if not form.is_valid():
        return _page(request, point, {f"progress-{pk}": form})
    given = form.cleaned_data
    try:
        if "drop" in request.POST:
            services.drop_measure(found.pk, request.user, expected_version=given["version"], note=given["note"])
        else:
            changes = {"share_done": given["share_done"], "spent_wan": given["spent_wan"] or Decimal(0)}
            services.change_measure(
                found.pk, request.user, expected_version=given["version"], changes=changes, note=given["note"]
            )
    except Refusal as refusal:
        form.show(refusal)
        return _page(request, point, {f"progress-{pk}": form})
    messages.success(request, _("已更新：%s") % found.title)
    return redirect("river:works", code=point.code)


def _set_causes(request: HttpRequest, point: MonitoringPoint) -> HttpResponse:
    form = CausesForm(request.POST)
    if form.is_valid():
        try:
            services.set_causes(
                point.pk, request.user, form.cleaned_data["kinds"], expected_version=form.cleaned_data["version"]
            )
        except Refusal as refusal:
            form.show(refusal)
            return _page(request, point, {"causes": form})
        messages.success(request, _("成因已更新。"))
        return redirect("river:works", code=point.code)
    return _page(request, point, {"causes": form})


def _add_measure(request: HttpRequest, point: MonitoringPoint) -> HttpResponse:
    form = MeasureForm(request.POST, point=point)
    if form.is_valid():
        try:
            services.add_measure(point.pk, request.user, form.cleaned_data)
        except Refusal as refusal:
            form.show(refusal)
            return _page(request, point, {"new": form})
        messages.success(request, _("已登记措施。"))
        return redirect("river:works", code=point.code)
    return _page(request, point, {"new": form})


def _point(request: HttpRequest, code: str) -> MonitoringPoint:
    point = get_object_or_404(river.for_lists(points_visible_to(request.user)), code=code)
    if not may_work_on(request.user, point):
        raise Http404
    return point


def _page(request: HttpRequest, point: MonitoringPoint, bound: Forms) -> HttpResponse:
    found = works_of(point)
    kinds = [cause.kind for cause in point.typed_causes.all()]
    context = {
        "point": point,
        "works": found,
        "may_change": point.status in services.MEASURES_MOVE_IN,
        "causes_form": bound.get("causes") or CausesForm(initial={"version": point.version, "kinds": kinds}),
        "new_form": bound.get("new") or MeasureForm(point=point),
        "rows": [(one, bound.get(f"progress-{one.pk}") or _progress_form(one)) for one in found.measures],
        "refused_forms": list(bound.values()),
    }
    return render_form(request, "river/works/edit.html", context, *(bound.values() or [context["new_form"]]))


def _progress_form(measure: Measure) -> ProgressForm:
    initial = {"version": measure.version, "share_done": measure.share_done, "spent_wan": measure.spent_wan}
    return ProgressForm(initial=initial, auto_id=f"id_m{measure.pk}_%s")
