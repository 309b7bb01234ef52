"""Pages for samples: one at the bank, a sheet of many with its preview, a correction."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Role
from accounts.permissions import require_role
from geokit.refusal import BadInput, Refusal
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.permissions import points_visible_to
from river_monitoring.samples.forms import CorrectionForm, SampleForm, SheetForm
from river_monitoring.samples.models import Sample
from river_monitoring.samples.permissions import may_record_sample, samples_visible_to
from river_monitoring.samples.queries import samples_to_review
from river_monitoring.samples.rating import excluded_values
from river_monitoring.samples.services import correct_sample, record_sample
from river_monitoring.samples.sheet import SheetRow, as_text, parse_file, parse_text
from river_monitoring.samples.sheet_import import RowResult, import_samples
from river_monitoring.standard.evaluation import GB3838_2002
from ui.forms.refusable import render_form
from ui.pagination import page_of

SHOWN_ROWS = 200
REVIEW_PAGE = 30
TEMPLATE_COLUMNS = ("ph", "do", "codmn", "nh3n", "tp")


@require_role(Role.OFFICER, Role.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def new_sample(request: HttpRequest, code: str) -> HttpResponse:
    """Hand in one sample; values that are refused or unusual come back beside their boxes."""
    point = _point_to_sample(request, code)
    form = SampleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            sample = record_sample(
                point.pk,
                form.readings(),
                form.cleaned_data["phenomenon_time"],
                request.user,
                confirmed=form.cleaned_data["confirmed"],
            )
        except BadInput as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已录入，评价为%s。") % sample.get_water_class_display())
            return redirect(point)
    return _form_page(request, point, form)


@require_role(Role.OFFICER, Role.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Correct a sample with a reason; the earlier values are kept."""
    point = _point_to_sample(request, code)
    sample = get_object_or_404(samples_visible_to(request.user), pk=pk, point=point)
    form = CorrectionForm(request.POST if request.method == "POST" else None, sample=sample)
    if request.method == "POST" and form.is_valid():
        try:
            correct_sample(
                sample.pk,
                form.readings(),
                form.cleaned_data["reason"],
                request.user,
                confirmed=form.cleaned_data["confirmed"],
            )
        except BadInput as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已更正，原来的数值保留在记录里。"))
            return redirect(point)
    return _form_page(request, point, form, sample)


def _point_to_sample(request: HttpRequest, code: str) -> MonitoringPoint:
    """The point, for those who may hand in samples of it; for others there is no such page."""
    point = get_object_or_404(points_visible_to(request.user).select_related("area", "department"), code=code)
    if not may_record_sample(request.user, point):
        raise Http404
    return point


def _form_page(
    request: HttpRequest, point: MonitoringPoint, form: SampleForm, sample: Sample | None = None
) -> HttpResponse:
    context = {"point": point, "form": form, "sample": sample}
    return render_form(request, "river/sample_form.html", context)


@require_role(Role.OFFICER, Role.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: HttpRequest) -> HttpResponse:
    """Many samples: paste or choose a file, see what each row would become, then let it count."""
    form = SheetForm(request.POST, request.FILES) if request.method == "POST" else SheetForm()
    waiting = samples_to_review(request.user).count()
    context: dict[str, Any] = {
        "form": form,
        "waiting": waiting,
        "columns": [(code, GB3838_2002[code]) for code in TEMPLATE_COLUMNS],
    }
    if request.method != "POST" or not form.is_valid():
        return render_form(request, "river/sample_sheet.html", context)
    try:
        rows = _rows(form)
    except Refusal as refusal:
        form.show(refusal)
        return render_form(request, "river/sample_sheet.html", context)
    confirmed = {int(number) for number in request.POST.getlist("confirmed") if number.isdigit()}
    for_real = "commit" in request.POST
    results = import_samples(rows, request.user, confirmed=confirmed, dry_run=not for_real)
    if for_real:
        stored = sum(result.outcome == "stored" for result in results)
        words = ngettext("已录入 %(count)d 份水样。", "已录入 %(count)d 份水样。", stored) % {"count": stored}
        messages.success(request, words)
    context |= _summary(results, rows, confirmed, for_real)
    return render(request, "river/sample_sheet.html", context)


def _rows(form: SheetForm) -> list[SheetRow]:
    file = form.cleaned_data["file"]
    return parse_file(file.name, file.read()) if file else parse_text(form.cleaned_data["text"])


def _summary(results: list[RowResult], rows: list[SheetRow], confirmed: set[int], for_real: bool) -> dict[str, Any]:
    counts = Counter(result.outcome for result in results)
    # What needs a person comes first; the rest in the order of the sheet.
    order = {"refused": 0, "review": 1, "stored": 2, "duplicate": 3}
    shown = sorted(results, key=lambda result: (order[result.outcome], result.row.number))
    return {
        "results": shown[:SHOWN_ROWS],
        "hidden": max(0, len(shown) - SHOWN_ROWS),
        "counts": counts,
        "text": as_text(rows),
        "confirmed": confirmed,
        "for_real": for_real,
        "can_commit": not for_real and counts["stored"] > 0,
    }


@require_role(Role.OFFICER, Role.STAFF)
@require_safe
def review(request: HttpRequest) -> HttpResponse:
    """Samples of automatic stations that wait for review, each with its doubtful values."""
    page = page_of(request, samples_to_review(request.user), REVIEW_PAGE)
    rows = [(sample, excluded_values(sample)) for sample in page]
    return render(request, "river/sample_review.html", {"page": page, "rows": rows})
