"""Pages that show samples: every one of a point, and one with who measured it, its corrections and its checks."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Role
from accounts.permissions import require_role
from geokit.refusal import Refusal
from ledger.steps.apply import steps_now
from river_monitoring.assessment.verdict import readings_in_words
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.permissions import points_visible_to
from river_monitoring.samples.corrections import corrections_in
from river_monitoring.samples.counting import discount_of, origin_of, why_not
from river_monitoring.samples.export import sample_rows
from river_monitoring.samples.forms import CheckForm
from river_monitoring.samples.models import Sample
from river_monitoring.samples.parties import WorksParties, works_parties
from river_monitoring.samples.permissions import samples_visible_to
from river_monitoring.samples.quality.workflow import QUALITY
from river_monitoring.samples.queries import samples_of
from river_monitoring.samples.rating import excluded_values
from river_monitoring.samples.services import check_sample
from river_monitoring.steps.sample_quality import TABLE, Verb
from ui.downloads import TABLE_FILES, table_response
from ui.forms.refusable import render_form
from ui.pagination import page_of

PAGE_SIZE = 30


@dataclass(frozen=True)
class SampleRow:
    """A sample of a table, and why it proves nothing of the works; empty where it does."""

    sample: Sample
    why_not: str


def rows_of(samples: Any, works: WorksParties) -> list[SampleRow]:
    """The rows of a table of samples."""
    return [SampleRow(sample, why_not(discount_of(origin_of(sample), works))) for sample in samples]


@require_safe
def sample_list(request: HttpRequest, code: str) -> HttpResponse:
    """Every sample of a point, the newest first; `format=csv` or `xlsx` for the file."""
    point = _point(request, code)
    found, works = samples_of(point, request.user), works_parties(point)
    if request.GET.get("format") in TABLE_FILES:
        return table_response(sample_rows(found, point, works), f"samples-{point.code}.{request.GET['format']}", head=1)
    page = page_of(request, found, PAGE_SIZE)
    context = {"point": point, "page": page, "rows": rows_of(page, works)}
    return render(request, "river/sample_list.html", context)


@require_safe
def sample(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One sample: who measured what, what was corrected, questioned and confirmed."""
    return _page(request, *_sample(request, code, pk))


@require_role(Role.OFFICER, Role.STAFF)
@require_POST
def check(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Question, confirm or reject a sample; a refusal comes back with what was typed."""
    point, found = _sample(request, code, pk)
    form = CheckForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            event = check_sample(
                found.pk, given["verb"], given["reason"], request.user, expected_version=given["version"]
            )
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已记录：%s。") % event.get_verb_display())
            return redirect(found)
    return _page(request, point, found, form)


def _point(request: HttpRequest, code: str) -> MonitoringPoint:
    return get_object_or_404(points_visible_to(request.user).select_related("area", "department"), code=code)


def _sample(request: HttpRequest, code: str, pk: int) -> tuple[MonitoringPoint, Sample]:
    point = _point(request, code)
    found = samples_visible_to(request.user).select_related("party", "recorded_by")
    sample = get_object_or_404(found, pk=pk, point=point)
    sample.point = point
    return point, sample


def _page(request: HttpRequest, point: MonitoringPoint, found: Sample, form: CheckForm | None = None) -> HttpResponse:
    lines = steps_now(QUALITY, request.user, found)
    context = {
        "point": point,
        "sample": found,
        "readings": readings_in_words(found),
        "excluded": excluded_values(found),
        "why_not": why_not(discount_of(origin_of(found), works_parties(point))),
        "corrections": corrections_in(samples_visible_to(request.user).filter(pk=found.pk)),
        "checks": found.checks.select_related("department").order_by("-at", "-pk"),
        "panels": [_panel(line.verb, found, form) for line in lines if line.verb != Verb.CORRECT],
        "may_correct": any(line.verb == Verb.CORRECT for line in lines),
        "form": form,
    }
    return render_form(request, "river/sample.html", context, form or CheckForm())


@dataclass(frozen=True)
class CheckPanel:
    """A step that this person may take with the sample, and its form."""

    verb: str
    title: str
    form: CheckForm


def _panel(verb: str, found: Sample, bound: CheckForm | None) -> CheckPanel:
    is_asked = bound is not None and bound.data.get("verb") == verb
    form = bound if bound is not None and is_asked else CheckForm(initial={"verb": verb, "version": found.version})
    form.auto_id = f"id_{verb}_%s"
    return CheckPanel(verb, str(TABLE.verbs[Verb(verb)]), form)
