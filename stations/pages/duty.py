"""Pages of duty: a deputy's own, the register of all, the yearly report, corrections, the points rule."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import rules
from accounts.models import Role
from accounts.permissions import require_role
from geokit.refusal import BadInput, StaleEdit
from stations.duty import points
from stations.duty import services as duty
from stations.duty.models import DutyRecord, PointsRule
from stations.duty.permissions import duties_visible_to, may_keep_duty, may_set_points
from stations.duty.report import (
    register_workbook,
    report_of,
    report_period,
    report_workbook,
    yearly_register,
    years_with_records,
)
from stations.pages.forms.base import posted
from stations.pages.forms.duty import DUTY_STEPS, AddDutyForm, RuleForm
from stations.register.models import Deputy
from stations.register.permissions import deputies_kept_by, deputies_visible_to, deputy_of
from ui.downloads import file_response
from ui.forms.refusable import VersionedForm, render_form
from ui.pagination import page_of
from ui.refusals import status_of_form

PAGE_SIZE = 50
FIRST_YEAR, LAST_YEAR = 2000, 2100
Refused = tuple[int, str, VersionedForm]


@require_safe
@require_role(Role.DEPUTY, Role.STAFF)
def home(request: HttpRequest) -> HttpResponse:
    """Redirect a deputy to her own report; show the congress staff the register of all."""
    today = timezone.localdate()
    if not may_keep_duty(request.user):
        own = deputy_of(request.user)
        if own is None:
            raise Http404
        return redirect("stations:duty_report", page_code=own.page_code, year=today.year)
    year = _year(request.GET.get("year"), today.year)
    rows = yearly_register(request.user, year)
    context = {
        "page": page_of(request, rows, PAGE_SIZE),
        "year": year,
        "has_points": rules.value("duty.points"),
        "years": [today.year - back for back in range(4)],
        "reached": sum(row.score.missing_days == 0 for row in rows),
        "total": len(rows),
        "waiting": duties_visible_to(request.user)
        .filter(is_confirmed=False, is_withdrawn=False)
        .select_related("deputy")[:30],
    }
    return render(request, "stations/duty.html", context)


@require_safe
@require_role(Role.STAFF)
def register(request: HttpRequest, year: int) -> HttpResponse:
    """The register of all deputies of a year as XLSX."""
    year = _year(year, None)
    return file_response(register_workbook(yearly_register(request.user, year), year), f"duty-{year}.xlsx")


@require_safe
@require_role(Role.DEPUTY, Role.STAFF)
def report(request: HttpRequest, page_code: str, year: int) -> HttpResponse:
    """One deputy's year, to read, to print and to correct."""
    return _report_page(request, _deputy_or_404(request, page_code), _year(year, None))


@require_safe
@require_role(Role.DEPUTY, Role.STAFF)
def report_xlsx(request: HttpRequest, page_code: str, year: int) -> HttpResponse:
    """The same as XLSX."""
    deputy = _deputy_or_404(request, page_code)
    return file_response(
        report_workbook(report_of(request.user, deputy, _year(year, None))), f"duty-{page_code}-{year}.xlsx"
    )


@require_POST
@require_role(Role.DEPUTY, Role.STAFF)
def add(request: HttpRequest, page_code: str) -> HttpResponse:
    """Add a duty record by hand."""
    deputy = _deputy_or_404(request, page_code)
    form = AddDutyForm(request.POST, auto_id="add-%s")
    if form.is_valid():
        try:
            record = duty.add(request.user, deputy, **form.cleaned_data)
        except BadInput as refusal:
            form.show(refusal)
        else:
            done = gettext("已补登。") if record.is_confirmed else gettext("已补登，人大工作人员确认后计入。")
            messages.success(request, done)
            return redirect("stations:duty_report", page_code=page_code, year=record.on.year)
    return _report_page(request, deputy, timezone.localdate().year, add_form=form)


@require_POST
@require_role(Role.DEPUTY, Role.STAFF)
def step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Correct, withdraw, restore or confirm a record."""
    record: DutyRecord = get_object_or_404(duties_visible_to(request.user).select_related("deputy"), pk=pk)
    if step not in DUTY_STEPS:
        raise Http404
    form = DUTY_STEPS[step](request.POST, auto_id=f"{step}-{pk}-%s")
    if form.is_valid():
        try:
            getattr(duty, step)(request.user, pk, **form.cleaned_data)
        except (BadInput, StaleEdit) as refusal:
            form.show(refusal)
        else:
            messages.success(request, gettext("履职记录已更新。"))
            return redirect("stations:duty_report", page_code=record.deputy.page_code, year=record.on.year)
    return _report_page(request, record.deputy, record.on.year, refused=(pk, step, form))


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.STAFF)
def rule(request: HttpRequest) -> HttpResponse:
    """Every version of the points rule, and a form for the next."""
    if request.method == "POST" and not may_set_points(request.user):
        raise Http404
    current = points.rule_on(timezone.localdate(), points.rules())
    form = RuleForm(current, rules.value("duty.points"), posted(request))
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("valid_from", "required_days", "note")}
        try:
            points.set_rule(request.user, worth=form.worth(), **given)
        except BadInput as refusal:
            form.show(refusal)
        else:
            messages.success(request, gettext("新的计分规则已保存，到施行日期起生效。"))
            return redirect("stations:duty_rule")
    versions = PointsRule.objects.prefetch_related("items").select_related("created_by")
    context = {
        "form": form,
        "versions": versions,
        "today": timezone.localdate(),
        "current": current,
        "sets": may_set_points(request.user),
        "has_points": rules.value("duty.points"),
    }
    return render_form(request, "stations/duty_rule.html", context)


def _report_page(
    request: HttpRequest,
    deputy: Deputy,
    year: int,
    *,
    add_form: AddDutyForm | None = None,
    refused: Refused | None = None,
) -> HttpResponse:
    found = report_of(request.user, deputy, year)
    shown = refused[2] if refused else add_form
    context = {
        "report": found,
        "deputy": deputy,
        "span": report_period(year),
        "years": years_with_records(deputy, timezone.localdate()),
        "rows": [_row(record, refused) for record in found.records],
        "add_form": add_form or AddDutyForm(auto_id="add-%s"),
        "keeps": may_keep_duty(request.user) and deputy.user_id != request.user.pk,
        "refused_form": shown,
        "as_of": timezone.localtime(),
        "has_points": rules.value("duty.points"),
    }
    return render(request, "stations/duty_report.html", context, status=status_of_form(*filter(None, [shown])))


def _row(record: DutyRecord, refused: Refused | None) -> dict[str, Any]:
    """A record with its form of correction, as typed if it was refused."""
    forms: dict[str, VersionedForm] = {}
    for name, kind in DUTY_STEPS.items():
        initial = {field: getattr(record, field) for field in ("version", "kind", "on", "title")}
        forms[name] = kind(initial=initial, auto_id=f"{name}-{record.pk}-%s")
    if refused and refused[0] == record.pk:
        forms[refused[1]] = refused[2]
    return {"record": record, "forms": forms, "events": list(record.events.all())[1:]}


def _deputy_or_404(request: HttpRequest, page_code: str) -> Deputy:
    """Her own for a deputy; those of their area for the congress staff, also who has left office."""
    if may_keep_duty(request.user):
        visible = deputies_kept_by(request.user)
    else:
        visible = deputies_visible_to(request.user).filter(user=request.user.pk)
    return get_object_or_404(visible.select_related("station__area"), page_code=page_code)


def _year(given: str | int | None, fallback: int | None) -> int:
    text = str(given or "")
    if text.isdecimal() and FIRST_YEAR <= int(text[:6]) <= LAST_YEAR:
        return int(text)
    if fallback is None:
        raise Http404
    return fallback
