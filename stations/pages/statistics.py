"""Statistics of receptions by period and town, as a page and as a CSV file."""

from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.areas.fields import AreaChoiceField
from accounts.tokens.by_token import by_token
from accounts.tokens.reading import READS
from stations.pages.forms.base import day_field
from stations.statistics.queries import (
    PERIODS,
    Scope,
    StatisticsRow,
    by_period,
    days_url,
    statistics,
    statistics_by_station,
    statistics_by_town,
)
from ui.downloads import table_response
from ui.forms.refusable import check_filter, render_form

STEP_NAMES = {"year": _("按年"), "quarter": _("按季度"), "month": _("按月")}


class ScopeForm(forms.Form):
    """Which receptions are counted."""

    since = day_field(_("从"), required=False)
    until = day_field(_("到"), required=False)
    area = AreaChoiceField(every=True)
    step = forms.ChoiceField(label=_("分段"), choices=STEP_NAMES.items(), required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("since") and given.get("until") and given["since"] > given["until"]:
            self.add_error("until", _("结束日期要不早于开始日期。"))
        return given

    def scope(self) -> Scope:
        given = self.cleaned_data if self.is_valid() else {}
        area = given.get("area")
        return Scope(given.get("since"), given.get("until"), area.code if area else "")

    @property
    def wanted_step(self) -> str:
        step = self.cleaned_data.get("step") if self.is_valid() else ""
        return step if step in PERIODS else "year"


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The five numbers, for a period and a town, by year, quarter or month, by town and by station."""
    form = ScopeForm(request.GET)
    scope, step = form.scope(), form.wanted_step
    context = {
        "form": form,
        "total": statistics(request.user, scope.since, scope.until, scope.area),
        "total_url": days_url(scope),
        "periods": [replace(row, label=_name(row.label, step)) for row in by_period(request.user, step, scope)],
        "step_name": STEP_NAMES[step],
        "towns": statistics_by_town(request.user, scope.since, scope.until, scope.area),
        "stations": statistics_by_station(request.user, scope) if scope.area else [],
        "query": request.GET.urlencode(),
    }
    return render_form(request, "stations/statistics.html", context)


@by_token(READS)
@require_safe
def table(request: HttpRequest) -> HttpResponse:
    """The same figures as CSV."""
    form = ScopeForm(request.GET)
    check_filter(form)
    scope, step = form.scope(), form.wanted_step
    head = [
        gettext("接待场次"),
        gettext("其中主题"),
        gettext("代表（人次）"),
        gettext("选民（人）"),
        gettext("事项"),
        gettext("办结"),
    ]
    rows = [StatisticsRow(gettext("合计"), statistics(request.user, scope.since, scope.until, scope.area))]
    rows += [replace(row, label=_name(row.label, step)) for row in by_period(request.user, step, scope)]
    rows += statistics_by_town(request.user, scope.since, scope.until, scope.area)
    table = [[row.label, *vars(row.figures).values()] for row in rows]
    return table_response([[pgettext("statistics", "范围"), *head], *table], "receptions.csv")


def _name(first_day: date, step: str) -> str:
    """Name a period by its first day."""
    if step == "year":
        return str(first_day.year)
    if step == "quarter":
        return gettext("%(year)d年第%(quarter)d季度") % {"year": first_day.year, "quarter": (first_day.month + 2) // 3}
    return date_format(first_day, "YEAR_MONTH_FORMAT")
