"""`/river/appraisal/`: sections that meet their target, cumulative means and the CWQI of a month; CSV and XLSX too."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_safe

from accounts.rules.page import basis_in_words
from geokit.refusal import BadInput
from river_monitoring.assessment.coverage import mark_in_words, reasons_in_words
from river_monitoring.assessment.judgement import Judgement
from river_monitoring.assessment.kept import assess_to_date
from river_monitoring.assessment.period import Assessment
from river_monitoring.assessment.queries import Scheme, versions_at
from river_monitoring.pages.statistics import BY
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.permissions import points_visible_to
from river_monitoring.standard.averages import Span
from river_monitoring.standard.city_index import CityIndex
from river_monitoring.standard.evaluation import GB3838_2002, WaterClass
from river_monitoring.statistics.address import Asked, read_appraisal
from river_monitoring.statistics.appraisal import (
    Appraisal,
    AppraisalRow,
    AppraisedPoint,
    Judged,
    appraise,
    appraised_points,
)
from river_monitoring.statistics.appraisal_history import two_years
from river_monitoring.statistics.counted import addresses
from river_monitoring.statistics.figures.appraisal import index_chart, target_chart
from river_monitoring.statistics.periods import grouped_points, newest_span, spans_before
from river_monitoring.wording.parameters import parameter_name
from river_monitoring.wording.quality import span_in_words
from ui.charts.svg import as_svg
from ui.downloads import Sheet, file_response, table_response, xlsx
from ui.pagination import page_of

ITEMS: dict[Scheme, Any] = {"all": gettext_lazy("全部参评项目"), "9x": gettext_lazy("9+X：九项加超标项目")}
MONTHS = 24
PAGE_SIZE = 100
SHOWN = ("code", "name", "water", "river", "area", "department", "target_class", "listed_for")
"""What a table shows of a point, and what it is judged by."""
FORMATS = ("", "csv", "xlsx")
SHOWN_MEANS = ("do", "codmn", "nh3n", "tp")


@require_safe
def appraisal(request: HttpRequest) -> HttpResponse:
    """The month's and the year's shares of sections that meet their target, by town, river or department."""
    visible = points_visible_to(request.user)
    asked, wanted = read_appraisal(request.GET, visible), request.GET.get("format", "")
    if wanted not in FORMATS:
        raise BadInput(_("只能下载 CSV 或 XLSX。"), code="unknown-format")
    points = asked.of(visible)
    found = appraise(points, asked.span, asked.by, asked.scheme)
    name = f"appraisal-{asked.span}-{asked.by}.{wanted}"
    if wanted == "csv":
        return table_response(group_cells(found), name)
    if wanted == "xlsx":
        of_points = point_cells(appraised_points(grouped_points(points.only(*SHOWN)), asked.span, asked.scheme), asked)
        return file_response(xlsx(Sheet(group_cells(found), _("考核")), Sheet(of_points, _("断面"))), name)
    return render(request, "river/appraisal.html", _context(request, asked, found, points, visible))


def _context(
    request: HttpRequest, asked: Asked, found: Appraisal, points: QuerySet[MonitoringPoint], visible: Any
) -> dict[str, Any]:
    months, page = two_years(points, asked.span), page_of(request, points.only(*SHOWN).order_by("code"), PAGE_SIZE)
    newest = asked.span if not request.GET.get("month") else newest_span(visible, "month")
    newest = max(asked.span, newest, key=lambda span: span.first_day)
    charts = [target_chart(months, asked.span), index_chart(months, asked.span)] if months else []
    return {
        "asked": asked,
        "month_words": span_in_words(asked.span),
        "to_date_words": to_date_in_words(asked.span),
        "rows": [shown_row(row) | _lists(asked, row.code) for row in found.rows],
        "total": shown_row(found.total) | _lists(asked),
        "page": page,
        "points": shown_points(appraised_points(page.object_list, asked.span, asked.scheme), asked),
        "means": [parameter_name(GB3838_2002[code]) for code in SHOWN_MEANS],
        "index_items": _names(found.total.index_to_date.parts) if found.total.index_to_date else "",
        "index_missing": _names(found.total.index_to_date.missing) if found.total.index_to_date else "",
        "least": found.least,
        "basis": basis_in_words(found.basis),
        "look_back": versions_at(asked.span)[1].nine_plus_x.look_back_months,
        "by_label": BY[asked.by],
        "by_choices": BY.items(),
        "item_choices": ITEMS.items(),
        "kinds": MonitoringPoint.Kind.choices,
        "months": [(str(span), span_in_words(span)) for span in spans_before(newest, MONTHS)],
        "charts": [(chart, mark_safe(as_svg(chart))) for chart in charts],  # noqa: S308 - a template of our own
        "history": list(reversed(months)),
        "query": _query(request),
    }


def _lists(asked: Asked, group: str = "") -> dict[str, dict[str, str]]:
    """The addresses of the points that each figure of a row counts, in the month and in the year so far."""
    path, query = reverse("river:appraisal_points"), {"month": asked.span, "by": asked.by, "kind": asked.kind}
    query |= {"items": "" if asked.scheme == "all" else asked.scheme}
    to_date = addresses(path, query | {"over": "to-date"}, group)
    return {"lists_month": addresses(path, query, group), "lists_to_date": to_date}


def _query(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("format", None)
    return query.urlencode()


def _names(codes: Any) -> str:
    return _("、").join(parameter_name(GB3838_2002[code]) for code in codes if code in GB3838_2002.parameters)


def to_date_in_words(month: Span) -> str:
    """``2026年1月至10月``."""
    if month.number == 1:
        return span_in_words(month)
    return _("%(year)s年1月至%(month)s月") % {"year": month.year, "month": month.number}


def shown_row(row: AppraisalRow) -> dict[str, Any]:
    """A group's figures as text; empty where there is none."""
    return {
        "row": row,
        "month": _share(row.month),
        "to_date": _share(row.to_date),
        "year_before": _share(row.year_before),
        "step": _signed(row.step),
        "unjudged": reasons_in_words(row.to_date.coverage),
        "index_month": _index(row.index_month),
        "index_to_date": _index(row.index_to_date),
        "index_year_before": _index(row.index_year_before),
        "change": _signed(row.change),
        "better": None if not row.change else row.change < 0,
    }


def _share(found: Judged) -> str:
    return "" if found.percent is None else f"{found.percent:.1f}"


def _index(found: CityIndex | None) -> str:
    return f"{found.value:f}" if found else ""


def _signed(number: Any) -> str:
    """``+1.2`` or ``−1.2``; empty for None."""
    return "" if number is None else f"{number:+.1f}".replace("-", "−")


def shown_points(items: Sequence[AppraisedPoint], asked: Asked) -> list[dict[str, Any]]:
    """Sections: the class in the month and in the year so far, whether they meet the target, cumulative means."""
    to_date = assess_to_date([item.point for item in items], asked.span, asked.scheme)
    return [_shown_point(item, to_date[item.point.pk]) for item in items]


def _shown_point(item: AppraisedPoint, to_date: Assessment) -> dict[str, Any]:
    return {
        "point": item.point,
        "target": item.month.target,
        "month": _class(item.month),
        "to_date": _class(item.to_date),
        "limiting": _names(to_date.shown.limiting) if to_date.meets_target is False else "",
        "means": [_mean(to_date, code) for code in SHOWN_MEANS],
    }


def _class(found: Judgement) -> dict[str, Any]:
    words = (_("至少") if found.is_at_least else "") + _(WaterClass.of(found.number).zh)
    return {
        "number": found.number,
        "at_least": found.is_at_least,
        "sampled": found.samples > 0,
        "meets": found.meets_target,
        "words": words if found.number else mark_in_words(found.lacks),
    }


def _mean(found: Assessment, code: str) -> str:
    value = found.values.get(code)
    if value is None:
        return ""
    mean = found.means[code]
    return f"{value:f}" if mean.is_single else f"{round(value, GB3838_2002[code].decimals + 1):f}"


def group_cells(found: Appraisal) -> Iterator[list[Any]]:
    """Heads and a row for each group, the whole last."""
    yield [
        str(BY[found.by]), _("名次"), _("点位"), _("当月达标"), _("当月可判断"), _("当月达标率（%）"), _("累计达标"),
        _("累计可判断"), _("累计达标率（%）"), _("上年同期达标率（%）"), _("达标率变化（百分点）"), _("当月 CWQI"),
        _("累计 CWQI"), _("上年同期累计 CWQI"), _("CWQI 变化（%）"), _("CWQI 项目数"), _("未判断的原因"),
        _("本区规则版本"),
    ]  # fmt: skip
    for row in (*found.rows, found.total):
        shown = shown_row(row)
        yield [
            row.name or _("合计"), row.rank or "", row.points, row.month.met, row.month.of, shown["month"],
            row.to_date.met, row.to_date.of, shown["to_date"], shown["year_before"], shown["step"],
            shown["index_month"], shown["index_to_date"], shown["index_year_before"], shown["change"],
            len(row.index_to_date.parts) if row.index_to_date else "", shown["unjudged"],
            found.basis["version"],
        ]  # fmt: skip


def point_cells(items: Sequence[AppraisedPoint], asked: Asked) -> Iterator[list[Any]]:
    """Heads and a row for each section, with every cumulative mean as it was graded."""
    assessed = assess_to_date([item.point for item in items], asked.span, asked.scheme)
    codes = [code for code in GB3838_2002.parameters if any(code in each.values for each in assessed.values())]
    yield [
        _("编码"), _("点位"), _("镇街"), _("责任部门"), pgettext("water", "目标"), _("当月类别"), _("当月达标"),
        _("累计类别"), _("累计达标"), _("当月水样数"), _("累计水样数"),
        *(_("%(name)s累计均值") % {"name": parameter_name(GB3838_2002[code])} for code in codes),
    ]  # fmt: skip
    for item in items:
        month, to_date = _class(item.month), _class(item.to_date)
        values = (assessed[item.point.pk].values.get(code) for code in codes)
        yield [
            item.point.code, item.point.name, item.point.area.name, item.point.department.name,
            _(WaterClass.of(item.month.target).zh), month["words"], _yes(month["meets"]), to_date["words"],
            _yes(to_date["meets"]), item.month.samples, item.to_date.samples,
            *("" if value is None else f"{value:f}" for value in values),
        ]  # fmt: skip


def _yes(meets: bool | None) -> str:
    return "" if meets is None else _("是") if meets else _("否")
