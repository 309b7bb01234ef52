"""Lines of the 考核 page: this year's months against those of the year before."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import pairwise

from django.utils.translation import gettext as _

from river_monitoring.standard.averages import Span, span_of
from river_monitoring.statistics.appraisal_history import MonthFigures
from river_monitoring.wording.quality import span_in_words
from ui.charts.chart import BOTTOM, LEFT, RIGHT, WIDTH, Chart, Line, Mark, Tick, key_of, pieces_of
from ui.charts.scale import Axis, nice_ticks

HEIGHT = 170


def target_chart(months: Sequence[MonthFigures], newest: Span) -> Chart:
    """The share of sections that meet their target, percent."""

    def words(found: MonthFigures) -> str:
        names = {"share": f"{found.percent:.1f}", "met": found.met, "judged": found.judged}
        return _("达标 %(share)s%%（%(met)s / %(judged)s 个）") % names

    chart = _frame(_("达标率（%）"), _("各月达到目标类别的断面占比，今年与上年。数值见下表。"), (0, 100), newest)
    chart.lines = _lines(chart, months, newest, lambda found: found.percent, words)
    return chart


def index_chart(months: Sequence[MonthFigures], newest: Span) -> Chart:
    """The city water quality index; the lower, the better. Months whose index has other items are left out."""
    items = next((found.index.items for found in reversed(months) if found.index), frozenset())

    def value(found: MonthFigures) -> Decimal | None:
        return found.index.value if found.index and found.index.items == items else None

    def words(found: MonthFigures) -> str:
        sections = found.index.sections if found.index else 0
        return f"CWQI {value(found)}" + _("（%(count)s 个断面）") % {"count": sections}

    values = [float(each) for each in map(value, months) if each is not None]
    high = max(values, default=1.0)
    chart = _frame("CWQI", _("各月城市水质指数，今年与上年；越低越好。数值见下表。"), (0, high * 1.1), newest)
    chart.lines = _lines(chart, months, newest, value, words)
    return chart


def _frame(title: str, description: str, ends: tuple[float, float], newest: Span) -> Chart:
    entries = [(1, str(newest.year), False), (2, str(newest.year - 1), True)]
    keys, key_height = key_of(entries, WIDTH - LEFT - 8)
    top = key_height + 14.0
    x_axis, y_axis = Axis(0.5, 12.5, LEFT, WIDTH - RIGHT), Axis(*ends, top + HEIGHT, top)
    chart = Chart(
        title=title,
        description=description,
        unit="",
        x_axis=x_axis,
        y_axis=y_axis,
        top=top,
        height=int(top + HEIGHT + BOTTOM),
        keys=keys,
        y_ticks=[Tick(y_axis.at(tick), f"{tick:g}") for tick in nice_ticks(*ends, 5)],
    )
    chart.x_ticks = [Tick(x_axis.at(month), _("%(month)s月") % {"month": month}) for month in range(1, 13)]
    return chart


def _lines(
    chart: Chart,
    months: Sequence[MonthFigures],
    newest: Span,
    value: Callable[[MonthFigures], Decimal | None],
    words: Callable[[MonthFigures], str],
) -> list[Line]:
    """The year before faint and beneath; a month without a value breaks the line."""
    found = []
    for style, year in ((2, newest.year - 1), (1, newest.year)):
        drawn = [(each, value(each)) for each in months if each.month.year == year]
        known = [(each, number) for each, number in drawn if number is not None]
        marks = [
            Mark(
                chart.x_axis.at(each.month.month),
                chart.y_axis.at(float(number)),
                False,
                f"{span_in_words(span_of(each.month, 'month'))}：{words(each)}",
            )
            for each, number in known
        ]
        breaks = [
            True,
            *(later.month.month - earlier.month.month > 1 for (earlier, _a), (later, _b) in pairwise(known)),
        ]
        found.append(Line(str(year), style, marks, pieces_of(marks, breaks[: len(marks)]), style == 2))
    return found
