"""Words that several chapters share."""

from collections.abc import Iterable
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reporting.quarterly.blocks import Cell, Share
from reporting.quarterly.lists import of_points
from river_monitoring.assessment.coverage import mark_in_words, reasons_in_words, unrated_of
from river_monitoring.models import MonitoringPoint
from river_monitoring.standard.averages import Span
from river_monitoring.standard.basin import Change
from river_monitoring.standard.evaluation import GB3838_2002, GOOD, Evaluation, WaterClass
from river_monitoring.statistics.period_table import GroupRow
from river_monitoring.statistics.periods import By, PointPeriod
from river_monitoring.steps.table import TABLE
from river_monitoring.wording.parameters import parameter_name
from river_monitoring.wording.quality import change_in_words, quality_in_words


def lists_in_words() -> str:
    """What the links of a report are, said once in it."""
    return _(
        "电子文件中的数字可以点开，看它所数的是哪些：报告里是成稿时的数，清单是打开那一刻的情况，只列打开的人有权看到的。"
    )


def change_from(change: Change, what: str) -> str:
    """``比上季度有所好转``; a comparison that cannot be made says so."""
    if change is Change.UNKNOWN:
        return _("与%(what)s无法比较") % {"what": what}
    return _("比%(what)s%(change)s") % {"what": what, "change": change_in_words(change)}


def class_words(number: int) -> str:
    return _(WaterClass.of(number).zh)


def primary_words(answer: Evaluation) -> str:
    """``氨氮（1.4）、总磷（0.6）``: the primary pollutants with their multiples of class III."""
    return _("、").join(_with_multiple(code, answer) for code in answer.primary) or "–"


def _with_multiple(code: str, answer: Evaluation) -> str:
    name, multiple = parameter_name(GB3838_2002[code]), answer.exceedance.get(code)
    return name if multiple is None or multiple == Decimal(0) else name + in_brackets(multiple)


def in_brackets(text: object) -> str:
    """``（1.4）``, with the brackets and the space of the report's language."""
    return _("（%(numbers)s）") % {"numbers": text}


def status_words(point: MonitoringPoint) -> str:
    return str(TABLE.label(point.status))


def day_words(point: MonitoringPoint) -> str:
    return date_format(point.due_on) if point.due_on else "–"


def is_year(span: Span) -> bool:
    return span.period == "year"


def span_before(span: Span) -> str:
    return _("上年") if is_year(span) else _("上季度")


def _of_span[T](span: Span, cells: list[T]) -> list[T]:
    """A year has no column of the same quarter a year before: that is the span before."""
    return [cell for place, cell in enumerate(cells) if place != SAME_LAST_YEAR] if is_year(span) else cells


SAME_LAST_YEAR = 12


def group_columns(name: str, span: Span) -> list[str]:
    columns = [
        _("名次"), name, _("点位"), _("已评价"), _("Ⅰ至Ⅲ类"), *(class_words(number) for number in (4, 5, 6)),
        _("Ⅰ至Ⅲ类占比"), _("劣Ⅴ类占比"), _("水质状况"),
        _("比上年") if is_year(span) else _("比上季度"), _("比上年同期"), pgettext("column", "达标"),
    ]  # fmt: skip
    return _of_span(span, columns)


def good_of(row: GroupRow) -> int:
    """How many points of a group are of class I to III."""
    return sum(count for found, count in row.shares.counts.items() if found.number in GOOD)


def group_numeric(span: Span) -> frozenset[int]:
    return frozenset({0, *range(2, 10), 12 if is_year(span) else 13})


def group_widths(span: Span) -> list[int]:
    return _of_span(span, [8, 27, 8, 10, 9, 8, 8, 9, 13, 12, 15, 18, 18, 8])


def group_cells(row: GroupRow, span: Span) -> list[Cell]:
    """A town, river or department as a row; what is not ranked has a dash."""
    fourth, fifth, inferior = (row.shares.counts.get(WaterClass.of(number), 0) for number in (4, 5, 6))
    good = good_of(row)
    cells: list[Cell] = [
        row.rank or "–", row.name or _("合计"), row.points, row.rated, good, fourth, fifth, inferior,
        Share(good, row.rated), Share(inferior, row.rated), quality_in_words(row.state.quality),
        change_in_words(row.change), change_in_words(row.change_from_year), row.target_met,
    ]  # fmt: skip
    return _of_span(span, cells)


def group_lists(row: GroupRow, span: Span, by: By) -> list[str]:
    """The points that each of `group_cells` counts."""
    points = of_points(span, by, row.code)
    names = ("all", "rated", "good", "class_4", "class_5", "inferior", "good", "inferior")
    return _of_span(span, ["", "", *(points[name] for name in names), "", "", "", points["met"]])


def unrated_lists(rows: Iterable[GroupRow], span: Span, by: By) -> list[list[str]]:
    """The points that each of `unrated_rows` counts."""
    return [["", "", of_points(span, by, row.code)["unrated"], ""] for row in rows if row.coverage.unrated]


def unrated_rows(kind: str, rows: Iterable[GroupRow]) -> list[list[Cell]]:
    """The groups that have points without a class: what, how many of how many, and why."""
    return [
        [kind, row.name or _("合计"), f"{row.coverage.unrated} / {row.points}", reasons_in_words(row.coverage)]
        for row in rows
        if row.coverage.unrated
    ]


def item_words(item: PointPeriod) -> str:
    """The class of a point; where it has none, 数据不足 or 无水样; ``至少Ⅴ类`` where not all was measured."""
    why = unrated_of(item.assessment)
    if why:
        return mark_in_words(why)
    return (_("至少") if item.assessment.is_at_least else "") + class_words(item.number)


def step_words(before: PointPeriod, now: PointPeriod) -> str:
    """``Ⅴ类 → Ⅲ类``."""
    return f"{item_words(before)} → {item_words(now)}"
