"""What the address of the comparison page asks for, and what the page, its picture and its file show of it."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, cast

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from geokit.refusal import refuse
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.standard.averages import Span
from river_monitoring.standard.evaluation import GB3838_2002
from river_monitoring.statistics.figures.draw import season_chart, time_chart
from river_monitoring.statistics.series import Grain, Series, load_series
from tiles.query.request import MONTH
from ui.charts.chart import STYLES, Chart

View = Literal["time", "season"]
GRAINS: tuple[Grain, ...] = ("sample", "month", "quarter", "year")
VIEWS: tuple[View, ...] = ("time", "season")
MOST_POINTS = STYLES
MOST_PARAMETERS = 6
DEFAULT_PARAMETERS = ("nh3n", "tp")
DEFAULT_YEARS = 3


@dataclass(frozen=True)
class Asked:
    """One comparison. The address holds all of it, so it can be kept and shared."""

    points: list[MonitoringPoint]
    codes: list[str]
    grain: Grain
    view: View
    since: date
    until: date

    @property
    def since_month(self) -> str:
        return f"{self.since:%Y-%m}"

    @property
    def until_month(self) -> str:
        return f"{self.until:%Y-%m}"


def read_address(params: QueryDict, visible: QuerySet[MonitoringPoint]) -> Asked:
    """Read points, parameters, period, view and months. Raises BadInput, naming the field, for what cannot be."""
    return Asked(
        points=_points(_listed(params, "points"), visible),
        codes=_codes(_listed(params, "parameters")),
        grain=cast(Grain, _one_of(params.get("period") or "month", GRAINS, "period")),
        view=cast(View, _one_of(params.get("view") or "time", VIEWS, "view")),
        **_months(params),
    )


def _listed(params: QueryDict, name: str) -> list[str]:
    """Repeated or joined by commas, each once, in order."""
    words = [word.strip() for value in params.getlist(name) for word in value.split(",")]
    return list(dict.fromkeys(word for word in words if word))


def _points(codes: list[str], visible: QuerySet[MonitoringPoint]) -> list[MonitoringPoint]:
    if len(codes) > MOST_POINTS:
        raise refuse("points", "too-many-points", _("最多同时比较 %(most)s 个点位。") % {"most": MOST_POINTS})
    found = {point.code: point for point in visible.select_related("area", "river").filter(code__in=codes)}
    for code in codes:
        if code not in found:
            raise refuse("points", "unknown-point", _("没有编码为“%s”的点位。") % code[:30])
    return [found[code] for code in codes]


def _codes(codes: list[str]) -> list[str]:
    if len(codes) > MOST_PARAMETERS:
        raise refuse("parameters", "too-many-parameters", _("最多同时看 %(most)s 项指标。") % {"most": MOST_PARAMETERS})
    for code in codes:
        if code not in GB3838_2002.parameters:
            raise refuse("parameters", "unknown-parameter", _("没有代码为“%s”的指标。") % code[:20])
    return codes or list(DEFAULT_PARAMETERS)


def _one_of(word: str, known: tuple[str, ...], field: str) -> str:
    if word not in known:
        raise refuse(field, "unknown-choice", _("“%s”不在可选范围内，请从页面上选择。") % word[:20])
    return word


def _months(params: QueryDict) -> dict[str, date]:
    today = timezone.localdate()
    since = _month(params, "since") or date(today.year - DEFAULT_YEARS, today.month, 1)
    until = _month(params, "until")
    last = Span(until.year, until.month, "month").last_day if until else today
    if last < since:
        raise refuse("since", "months-reversed", _("起始月份晚于结束月份。"))
    return {"since": since, "until": last}


def _month(params: QueryDict, field: str) -> date | None:
    """Read ``2026-03``; None when it is not given."""
    text = params.get(field, "")
    if not text:
        return None
    if not MONTH.fullmatch(text):
        raise refuse(field, "bad-month", _("月份“%s”读不懂，应为 2026-03。") % text[:20])
    return date.fromisoformat(f"{text}-01")


@dataclass(frozen=True)
class Panel:
    """One chart and the series in it."""

    chart: Chart
    series: list[Series]


def load(asked: Asked) -> list[Series]:
    """Read the values; a season is a matter of months, whatever period is asked for."""
    grain: Grain = "month" if asked.view == "season" else asked.grain
    return load_series(asked.points, asked.codes, grain, asked.since, asked.until)


def panels(asked: Asked, series: list[Series]) -> list[Panel]:
    """One chart for each parameter; a season has one for each parameter and point. Empty ones are left out."""
    if asked.view == "season":
        return [Panel(season_chart(each), [each]) for each in series if each.values]
    found = []
    for code in asked.codes:
        of_code = [each for each in series if each.parameter.code == code]
        if any(each.values for each in of_code):
            found.append(Panel(time_chart(of_code), of_code))
    return found


def empty_parameters(asked: Asked, series: list[Series]) -> list[Any]:
    """Parameters of which no chosen point has a value in these months."""
    having = {each.parameter.code for each in series if each.values}
    return [GB3838_2002[code] for code in asked.codes if code not in having]
