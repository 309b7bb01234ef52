"""The quality of the waters: map, shares through time, comparisons with denominators, points that changed, lakes."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.rules.page import basis_in_words
from reporting.quarterly.blocks import Block, Cell, Drawing, Heading, Paragraph, Table
from reporting.quarterly.charts import share_bars
from reporting.quarterly.facts import KEY_PARAMETERS, Facts
from reporting.quarterly.maps import district_map
from reporting.quarterly.wording import (
    class_words,
    group_cells,
    group_columns,
    group_lists,
    group_numeric,
    group_widths,
    item_words,
    primary_words,
    span_before,
    status_words,
    step_words,
    unrated_lists,
    unrated_rows,
)
from river_monitoring.models import MonitoringPoint
from river_monitoring.standard.basin import Shares
from river_monitoring.standard.evaluation import GB3838_2002
from river_monitoring.standard.trophic import TERMS
from river_monitoring.statistics.figures.draw import time_chart
from river_monitoring.statistics.period_table import PeriodTable
from river_monitoring.statistics.periods import PointPeriod
from river_monitoring.statistics.wording import level_in_words
from river_monitoring.wording.parameters import parameter_name
from ui.charts.svg import as_svg

TAKES_A_CLASS = 1
"""A point counts as changed from one class of difference on."""


def waters(facts: Facts) -> list[Block]:
    found = facts.river
    items = found.rated.now
    blocks: list[Block] = [
        Heading(_("河道水质"), 1, "river"),
        Heading(_("分布"), 2),
        district_map(facts.towns, facts.reaches, items, _("全区监测点位水质类别分布")),
        Heading(_("重点断面"), 2),
        *_sections(facts),
        Heading(_("镇街、河流和部门比较"), 2),
        share_bars(_town_bars(facts), _("各镇街水质类别构成")),
        Paragraph(
            _("已评价点位少于 %(least)s 个的只列出，不排名次；占比的分母是已评价点位数；镇街和部门不按均值评价。")
            % {"least": found.towns.least_ranked}
            + " "
            + basis_in_words(found.towns.basis),
            is_note=True,
        ),
        _group_table(facts, found.towns, _("镇街"), _("各镇街水质比较"), _("镇街")),
        _group_table(facts, found.rivers, _("河流"), _("各河流水质比较"), _("河流")),
        _group_table(facts, found.departments, _("责任部门"), _("各责任部门所管点位水质比较"), _("部门")),
        _unrated(facts),
        Heading(_("类别变化的点位"), 2),
        _changes(facts, found.rated.before, items),
    ]
    return blocks + _lakes(facts)


def inferior_points(facts: Facts) -> list[PointPeriod]:
    return [item for item in facts.river.rated.now if item.number == 6]


def _town_bars(facts: Facts) -> list[tuple[str, Shares, str]]:
    return [
        (row.name, row.shares, _("%(rated)s / %(points)s 个") % {"rated": row.rated, "points": row.points})
        for row in facts.river.towns.rows
    ]


def _sections(facts: Facts) -> list[Block]:
    """The state's, the province's and the city's sections through time; nothing where there are none."""
    drawn: list[Block] = []
    for code in KEY_PARAMETERS:
        series = [each for each in facts.river.key_sections if each.parameter.code == code and each.values]
        if series:
            chart = time_chart(series)
            caption = _("国控、省控和市控断面%(name)s季均值") % {"name": chart.title}
            drawn.append(Drawing(as_svg(chart), chart.width, chart.height, caption))
    return drawn or [Paragraph(_("没有国控、省控和市控断面的数据。"))]


def _group_table(facts: Facts, table: PeriodTable, name: str, caption: str, sheet: str) -> Table:
    return Table(
        caption=caption,
        columns=group_columns(name, facts.span),
        rows=[group_cells(row, facts.span) for row in table.rows],
        lists=[group_lists(row, facts.span, table.by) for row in table.rows],
        sheet=sheet,
        numeric=group_numeric(facts.span),
        widths=group_widths(facts.span),
        total=group_cells(table.total, facts.span),
        total_lists=group_lists(table.total, facts.span, table.by),
    )


def _unrated(facts: Facts) -> Table:
    """Of each town, river and department the points without a class, and why."""
    found = facts.river
    rows = unrated_rows(_("全区"), [found.towns.total])
    lists = unrated_lists([found.towns.total], facts.span, "town")
    for name, table in ((_("镇街"), found.towns), (_("河流"), found.rivers), (_("部门"), found.departments)):
        rows += unrated_rows(name, table.rows)
        lists += unrated_lists(table.rows, facts.span, table.by)
    return Table(
        caption=_("未评价的点位及原因"),
        columns=[_("口径"), _("名称"), _("未评价 / 点位"), _("原因")],
        rows=rows,
        lists=lists,
        sheet=_("未评价"),
        widths=(10, 22, 14, 54),
        empty=_("全部点位都已评价。"),
    )


def _changes(facts: Facts, before: Sequence[PointPeriod], now: Sequence[PointPeriod]) -> Table:
    """Points rated in both quarters whose class differs, the largest change for the worse first."""
    pairs = [
        (old, new)
        for old, new in zip(before, now, strict=True)
        if old.number and new.number and abs(old.number - new.number) >= TAKES_A_CLASS
    ]
    pairs.sort(key=lambda pair: (pair[0].number - pair[1].number, pair[1].point.code))
    rows = [
        [
            new.point.name,
            new.point.area.name,
            step_words(old, new),
            _("变差") if new.number > old.number else _("好转"),
            primary_words(new.section.evaluation),
        ]
        for old, new in pairs
    ]
    return Table(
        caption=_("与%(before)s相比类别有变化的点位") % {"before": span_before(facts.span)},
        columns=[_("点位"), _("镇街"), pgettext("water", "类别"), _("变化"), _("主要污染指标（超Ⅲ类倍数）")],
        rows=rows,
        sheet=_("类别变化"),
        widths=(26, 14, 18, 9, 33),
        empty=_("没有类别变化的点位。"),
    )


def _lakes(facts: Facts) -> list[Block]:
    if not facts.river.lakes:
        return []
    rows: list[list[Cell]] = []
    for lake in facts.river.lakes:
        index = round(lake.trophic.index, 1) if lake.trophic else "–"
        level = level_in_words(lake.trophic.level) if lake.trophic else _("缺叶绿素a，不能计算")
        missing = _("、").join(parameter_name(GB3838_2002[code]) for code in lake.missing)
        rows.append([lake.name, lake.sampled, index, level, missing or "–"])
    table = Table(
        caption=_("湖库综合营养状态指数"),
        columns=[_("湖库"), _("有数据点位"), "TLI(Σ)", _("营养状态"), _("未监测的指标")],
        rows=rows,
        sheet=_("湖库"),
        numeric=frozenset({1, 2}),
        widths=(26, 12, 12, 24, 26),
    )
    used = _("、").join(parameter_name(GB3838_2002[code]) for code in TERMS)
    return [Heading(_("湖库营养状态"), 2), Paragraph(_("由%(names)s加权计算。") % {"names": used}, True), table]


def all_points(facts: Facts) -> Table:
    """Every point with its class and what decides it: for the workbook and the annex."""
    rows: list[list[Cell]] = [
        [
            item.point.code,
            item.point.name,
            str(MonitoringPoint.Kind(item.point.kind).label),
            item.point.area.name,
            item.point.river.name if item.point.river else "–",
            item.point.department.short_name,
            item_words(item),
            class_words(item.assessment.target),
            primary_words(item.section.evaluation),
            status_words(item.point),
        ]
        for item in facts.river.rated.now
    ]
    return Table(
        caption=_("全部监测点位"),
        columns=[
            _("编码"), _("点位"), _("类型"), _("镇街"), _("河流"), _("责任部门"),
            pgettext("water", "类别"), pgettext("water", "目标"),
            _("主要污染指标（超Ⅲ类倍数）"), _("治理状态"),
        ],
        rows=rows,
        sheet=_("点位"),
        widths=(10, 16, 10, 9, 9, 10, 8, 7, 24, 10),
        most=1000,
    )  # fmt: skip
