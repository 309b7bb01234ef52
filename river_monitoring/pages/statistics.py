"""The page of water statistics: one period, groups compared with their denominators, and exactly that as a file."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.rules.page import basis_in_words
from river_monitoring.assessment.coverage import reasons_in_words
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.permissions import points_visible_to
from river_monitoring.standard.averages import Period, Span
from river_monitoring.standard.evaluation import GB3838_2002, WaterClass
from river_monitoring.statistics.address import Asked, read_statistics
from river_monitoring.statistics.counted import addresses
from river_monitoring.statistics.period_table import GroupRow, PeriodTable, period_table
from river_monitoring.statistics.periods import (
    By,
    SpanShares,
    newest_span,
    share_trend,
    shares_through_time,
    spans_before,
)
from river_monitoring.statistics.wording import trend_numbers_in_words
from river_monitoring.wording.parameters import parameter_name
from river_monitoring.wording.quality import change_in_words, quality_in_words, span_in_words
from ui.charts.chart import STYLES
from ui.downloads import table_response

BY: dict[By, Any] = {
    "town": gettext_lazy("镇街"),
    "river": gettext_lazy("河流"),
    "department": gettext_lazy("责任部门"),
}
PERIOD: dict[Period, Any] = {"month": gettext_lazy("月"), "quarter": gettext_lazy("季度"), "year": gettext_lazy("年")}
CHOICES = {"month": 24, "quarter": 12, "year": 6}
HISTORY = {"month": 12, "quarter": 8, "year": 5}
"""Spans that the trend of the whole rests on."""
CLASSES = [WaterClass.of(number) for number in (1, 2, 3, 4, 5, 6)]


@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """Classes, changes and targets of one period by town, river or department; `format=csv` for the file."""
    visible = points_visible_to(request.user)
    asked = read_statistics(request.GET, visible)
    chosen = asked.of(visible)
    table = period_table(chosen, asked.span, asked.by)
    if request.GET.get("format") == "csv":
        return _as_csv(table)
    history = shares_through_time(chosen, asked.span, HISTORY[asked.span.period])
    context = {
        "table": table,
        "rows": [_linked(row, asked) for row in table.rows],
        "total": _linked(table.total, asked),
        "history": [_past(each, asked) for each in history],
        "trend": trend_numbers_in_words(share_trend(history)),
        "classes": [found.number for found in CLASSES],
        "span_words": span_in_words(asked.span),
        "by_label": BY[asked.by],
        "min_ranked": table.least_ranked,
        "basis": basis_in_words(table.basis),
        "asked": asked,
        "spans": [
            (str(span), span_in_words(span))
            for span in spans_before(_latest(asked, visible), CHOICES[asked.span.period])
        ],
        "by_choices": BY.items(),
        "period_choices": PERIOD.items(),
        "kinds": MonitoringPoint.Kind.choices,
        "query": request.GET.urlencode(),
    }
    return render(request, "river/statistics.html", context)


def _past(each: SpanShares, asked: Asked) -> dict[str, Any]:
    """An earlier span in words, with the addresses of the points that each of its figures counts."""
    query = {"period": asked.span.period, "span": each.span, "by": asked.by, "kind": asked.kind}
    lists = addresses(reverse("river:statistics_points"), query, "")
    return {"words": span_in_words(each.span), "shares": each.shares, "lists": lists}


def _latest(asked: Asked, visible: Any) -> Span:
    return max(asked.span, newest_span(visible, asked.span.period), key=lambda span: span.first_day)


def _linked(row: GroupRow, asked: Asked) -> dict[str, Any]:
    """A row with the addresses of the points that each of its figures counts."""
    query = {"period": asked.span.period, "span": asked.span, "by": asked.by, "kind": asked.kind}
    shown, lists = _shown(row), addresses(reverse("river:statistics_points"), query, row.code)
    parts = [part | {"url": lists[f"class_{part['number']}"]} for part in shown["parts"]]
    return shown | {"lists": lists, "parts": parts}


def _shown(row: GroupRow) -> dict[str, Any]:
    """A row as the page and the file show it: words, and the stacked bar's parts in percent."""
    counts = [(found.number, row.shares.counts.get(found, 0)) for found in CLASSES]
    start, parts = 0.0, []
    for number, count in counts:
        width = 100 * count / row.rated if row.rated else 0
        parts.append({"number": number, "count": count, "x": f"{start:.2f}", "width": f"{width:.2f}"})
        start += width
    return {
        "row": row,
        "unrated": reasons_in_words(row.coverage),
        "compare": "points=" + ",".join(row.codes[:STYLES]),
        "counts": counts,
        "parts": [part for part in parts if part["count"]],
        "good": f"{row.shares.good:.1f}",
        "inferior": f"{row.shares.inferior:.1f}",
        "quality": quality_in_words(row.state.quality),
        "change": change_in_words(row.change),
        "change_from_year": change_in_words(row.change_from_year),
        "direction": row.change.value,
        "primary": "、".join(parameter_name(GB3838_2002[code]) for code in row.state.primary),
    }


def _as_csv(table: PeriodTable) -> HttpResponse:
    return table_response(_cells(table), f"water-{table.span}-{table.by}.csv")


def _cells(table: PeriodTable) -> Iterator[list[Any]]:
    yield [
        str(BY[table.by]), _("名次"), _("点位"), _("已评价"), *(found.zh for found in CLASSES), _("Ⅰ至Ⅲ类占比（%）"),
        _("劣Ⅴ类占比（%）"), _("水质状况"), _("比上期"), _("比上年同期"), _("达到目标"), _("主要污染指标"), _("未评价"),
        _("未评价的原因"), _("本区规则版本"),
    ]  # fmt: skip
    for row in (*table.rows, table.total):
        shown = _shown(row)
        yield [
            row.name or _("合计"), row.rank or "", row.points, row.rated, *(count for number, count in shown["counts"]),
            shown["good"], shown["inferior"], shown["quality"], shown["change"], shown["change_from_year"],
            row.target_met, shown["primary"], row.coverage.unrated, shown["unrated"], table.basis["version"],
        ]  # fmt: skip
