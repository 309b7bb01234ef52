"""`/river/compare/`: several points and parameters through time or by season; the same as PNG and as CSV."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from geokit.refusal import BadInput
from river_monitoring.network.models import River
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.permissions import points_visible_to
from river_monitoring.standard.evaluation import GB3838_2002, WaterClass
from river_monitoring.standard.rank_trend import critical_values
from river_monitoring.statistics import comparison as compare
from river_monitoring.statistics.comparison import Asked, Panel
from river_monitoring.statistics.figures.draw import shown_value
from river_monitoring.statistics.series import Series, Step, newest_steps
from river_monitoring.statistics.wording import step_in_words, trend_in_words
from river_monitoring.wording.parameters import parameter_name
from river_monitoring.wording.quality import span_in_words
from ui.charts.picture import picture_of
from ui.charts.svg import as_svg
from ui.downloads import file_response, table_response

GRAIN_NAMES = {
    "sample": gettext_lazy("逐次"),
    "month": gettext_lazy("月均值"),
    "quarter": gettext_lazy("季均值"),
    "year": gettext_lazy("年均值"),
}
VIEW_NAMES = {"time": gettext_lazy("随时间"), "season": gettext_lazy("各年同月")}
# Offered at once; the rest of the standard's table behind "more".
USUAL = frozenset({"temp", "ph", "do", "codmn", "cod", "bod5", "nh3n", "tp", "tn", "chla", "sd"})
SUGGESTED = 8
CRITICAL_SHOWN = (5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20, 24, 30, 36)
NEWEST_ROWS = 36
FORMATS = ("", "png", "csv")


@require_safe
def comparison(request: HttpRequest) -> HttpResponse:
    """Charts of the points and parameters in the address, with trend, change and the values; `format=png` or `csv`."""
    visible = points_visible_to(request.user)
    asked = compare.read_address(request.GET, visible)
    wanted = request.GET.get("format", "")
    if wanted not in FORMATS:
        raise BadInput(_("只能下载 PNG 或 CSV。"), code="unknown-format")
    series = compare.load(asked)
    if wanted and not asked.points:
        raise BadInput(_("请先选择点位，再下载。"), code="no-points")
    if wanted == "csv":
        return table_response(_cells(series), "water-series.csv")
    drawn = compare.panels(asked, series)
    if wanted == "png":
        if not drawn:
            raise BadInput(_("这段时间没有可画的数据。"), code="nothing-to-draw")
        return file_response(_picture(drawn), "water-series.png")
    return render(request, "river/compare.html", _context(request, asked, series, drawn, visible))


def _picture(drawn: list[Panel]) -> bytes:
    foot = _("背景为 GB 3838-2002 类别，粗虚线为目标，空心为未检出（按检出限一半计）。")
    return picture_of([panel.chart for panel in drawn], _("水质变化"), foot)


def _context(
    request: HttpRequest, asked: Asked, series: list[Series], drawn: list[Panel], visible: QuerySet[MonitoringPoint]
) -> dict[str, Any]:
    return {
        "asked": asked,
        "panels": [_shown_panel(panel) for panel in drawn],
        "empty": [parameter_name(parameter) for parameter in compare.empty_parameters(asked, series)],
        "chosen": [(point, _without(request, point)) for point in asked.points],
        "others": visible.exclude(pk__in=[point.pk for point in asked.points])
        .order_by("area__code", "code")
        .values_list("code", "name", "area__name"),
        "usual": _named(code for code in GB3838_2002.parameters if code in USUAL),
        "unusual": _named(code for code in GB3838_2002.parameters if code not in USUAL),
        "is_unusual_chosen": any(code not in USUAL for code in asked.codes),
        "grains": GRAIN_NAMES.items(),
        "views": VIEW_NAMES.items(),
        "most_points": compare.MOST_POINTS,
        "critical": [(count, *critical_values(count)) for count in CRITICAL_SHOWN],
        "query": request.GET.urlencode(),
        "suggestions": [] if asked.points else _suggestions(visible),
    }


def _named(codes: Iterable[str]) -> list[tuple[str, str]]:
    return [(code, parameter_name(GB3838_2002[code])) for code in codes]


def _without(request: HttpRequest, point: MonitoringPoint) -> str:
    """The address without one point."""
    query = request.GET.copy()
    left = [code for value in query.getlist("points") for code in value.split(",") if code.strip() != point.code]
    query.setlist("points", left)
    return query.urlencode()


def _suggestions(visible: QuerySet[MonitoringPoint]) -> list[dict[str, Any]]:
    """Rivers whose sections can be compared, with the address that does it."""
    counted = River.objects.filter(points__in=visible).annotate(count=Count("points")).filter(count__gte=2)
    rivers = list(counted.order_by("-count", "code")[:SUGGESTED])
    points: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for river, kind, code in visible.filter(river__in=rivers).order_by("code").values_list("river", "kind", "code"):
        points[river].append((kind, code))
    return [{"river": river, "query": "points=" + ",".join(_compared(points[river.pk]))} for river in rivers]


def _compared(points: list[tuple[str, str]]) -> list[str]:
    """The codes of a river's sections, or of all its points where it has one at most, as many as fit."""
    sections = [code for kind, code in points if kind != MonitoringPoint.Kind.SMALL]
    return (sections if len(sections) > 1 else [code for _kind, code in points])[: compare.MOST_POINTS]


def _shown_panel(panel: Panel) -> dict[str, Any]:
    newest = max((value.day for each in panel.series for value in each.values), default=None)
    return {
        "chart": panel.chart,
        "svg": mark_safe(as_svg(panel.chart)),  # noqa: S308 - a template of our own, escaped there
        "series": [_shown_series(each) for each in panel.series],
        "newest": newest,
        "rows": _rows(panel.series),
        "kept": NEWEST_ROWS,
    }


def _shown_series(series: Series) -> dict[str, Any]:
    before, year = newest_steps(series)
    newest = series.values[-1] if series.values else None
    return {
        "series": series,
        "newest": newest,
        "newest_when": _when(newest),
        "newest_value": shown_value(series.parameter, newest) if newest else "",
        "trend": trend_in_words(series.trend, series.parameter),
        "before": _step(before),
        "year": _step(year),
    }


def _step(step: Step | None) -> str:
    return step_in_words(step) if step else ""


def _when(value: Any) -> str:
    if value is None:
        return ""
    return span_in_words(value.span) if value.span else value.day.isoformat()


def _rows(series: list[Series]) -> list[dict[str, Any]]:
    """The chart's values as a table: a row for each time, newest first, a cell for each point."""
    by_time: dict[str, dict[int, Any]] = {}
    days = {}
    for each in series:
        for value in each.values:
            by_time.setdefault(value.name, {})[each.point.pk] = (each, value)
            days[value.name] = value
    times = sorted(by_time, key=lambda name: days[name].day, reverse=True)[:NEWEST_ROWS]
    return [
        {"when": _when(days[name]), "cells": [_cell(by_time[name].get(each.point.pk)) for each in series]}
        for name in times
    ]


def _cell(found: tuple[Series, Any] | None) -> dict[str, Any] | None:
    if found is None:
        return None
    series, value = found
    return {
        "value": shown_value(series.parameter, value),
        "number": value.number,
        "is_non_detect": value.is_non_detect,
    }


def _cells(series: list[Series]) -> Iterator[list[Any]]:
    yield [
        _("点位编码"), _("点位"), _("镇街"), _("指标"), _("单位"), _("时段"), _("数值"),
        _("监测次数"), _("未检出次数"), _("单项类别"),
    ]  # fmt: skip
    for each in series:
        for value in each.values:
            yield [
                each.point.code, each.point.name, each.point.area.name, parameter_name(each.parameter),
                each.parameter.unit, value.name, shown_value(each.parameter, value), value.count, value.non_detects,
                _(WaterClass.of(value.number).zh) if value.number else "",
            ]  # fmt: skip
