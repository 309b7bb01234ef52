"""Pages that hand samples in: one at the bank, a correction, what waits for somebody."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Role
from accounts.permissions import require_role
from geokit.refusal import BadInput, StaleEdit
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.permissions import points_visible_to
from river_monitoring.samples.forms import CorrectionForm, SampleForm
from river_monitoring.samples.intake import Intake
from river_monitoring.samples.models import Sample
from river_monitoring.samples.permissions import may_correct, may_record_sample, party_of, samples_visible_to
from river_monitoring.samples.queries import samples_to_review
from river_monitoring.samples.rating import excluded_values
from river_monitoring.samples.services import correct_sample, record_sample
from river_monitoring.steps.sample_quality import OPEN
from ui.forms.refusable import render_form
from ui.pagination import page_of

REVIEW_PAGE = 30


@require_role(Role.OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def new_sample(request: HttpRequest, code: str) -> HttpResponse:
    """Hand in one sample; values that are refused or unusual come back beside their boxes."""
    point = _point(request, code)
    if not may_record_sample(request.user, point):
        raise Http404
    form = SampleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        intake = Intake(provenance=form.provenance(), confirmed=form.cleaned_data["confirmed"])
        try:
            sample = record_sample(
                point.pk, form.readings(), form.cleaned_data["phenomenon_time"], request.user, intake=intake
            )
        except BadInput as refusal:
            form.show(refusal)
        else:
            if sample.is_void:  # the same was handed in before
                messages.warning(request, _("这份水样早已录入，后来已作废，不参加任何评价。"))
            else:
                messages.success(request, _("已录入，评价为%s。") % sample.get_water_class_display())
            return redirect(point)
    return _form_page(request, point, form)


@require_role(Role.OFFICER, Role.STAFF, Role.GIS)
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Correct a sample with a reason; the earlier values are kept, and another party confirms."""
    point = _point(request, code)
    sample = get_object_or_404(samples_visible_to(request.user).select_related("recorded_by"), pk=pk, point=point)
    sample.point = point
    if not may_correct(request.user, sample) or sample.is_void:
        raise Http404
    form = CorrectionForm(request.POST if request.method == "POST" else None, sample=sample)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            correct_sample(
                sample.pk,
                form.readings(),
                given["reason"],
                request.user,
                confirmed=given["confirmed"],
                expected_version=given["version"],
            )
        except (BadInput, StaleEdit) as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已更正，原来的数值保留在记录里；另一方确认之前不作销号依据。"))
            return redirect(point)
    return _form_page(request, point, form, sample)


def _point(request: HttpRequest, code: str) -> MonitoringPoint:
    return get_object_or_404(points_visible_to(request.user).select_related("area", "department"), code=code)


def _form_page(
    request: HttpRequest, point: MonitoringPoint, form: SampleForm, sample: Sample | None = None
) -> HttpResponse:
    context = {"point": point, "form": form, "sample": sample, "party": party_of(request.user)}
    return render_form(request, "river/sample_form.html", context)


@require_role(Role.OFFICER, Role.STAFF)
@require_safe
def review(request: HttpRequest) -> HttpResponse:
    """Samples that wait for somebody: questioned, corrected, or of a station with doubtful values."""
    page = page_of(request, samples_to_review(request.user), REVIEW_PAGE)
    rows = [(sample, excluded_values(sample), sample.quality in OPEN) for sample in page]
    return render(request, "river/sample_review.html", {"page": page, "rows": rows})
