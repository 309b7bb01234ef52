"""Charts of water quality: one parameter of several points through time, or one point's years laid over each other."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from river_monitoring.standard.evaluation import Parameter, WaterClass
from river_monitoring.statistics.figures.bands import class_bands, value_range
from river_monitoring.statistics.series import Series, Value
from river_monitoring.wording.parameters import parameter_name
from river_monitoring.wording.quality import span_in_words
from ui.charts.chart import (
    BOTTOM,
    LEFT,
    PLOT_HEIGHT,
    RIGHT,
    STYLES,
    WIDTH,
    Chart,
    Line,
    Mark,
    Tick,
    key_of,
    pieces_of,
    spread_labels,
    strips_of,
)
from ui.charts.scale import Axis, month_ticks, nice_ticks

MOST_X_TICKS = 10
GAP_DAYS = {None: 100, "month": 75, "quarter": 200, "year": 800}
"""Values further apart than this are not joined by a line."""


def time_chart(series: Sequence[Series]) -> Chart:
    """One parameter of one or several points through time. `series` share the parameter; some may be empty."""
    drawn = list(series)[:STYLES]
    parameter = drawn[0].parameter
    chart = _frame(drawn, parameter, [(style, each.point.name, False) for style, each in enumerate(drawn, start=1)])
    days = [value.day for each in drawn for value in each.values]
    first, last = _edges(days)
    chart.x_axis = Axis(first.toordinal(), last.toordinal(), LEFT, WIDTH - RIGHT)
    chart.x_ticks = _month_ticks(chart.x_axis, first, last)
    chart.lines = [_line(chart, each, style) for style, each in enumerate(drawn, start=1)]
    return chart


def season_chart(series: Series, most_years: int = 4) -> Chart:
    """The same months of the years over each other: the newest year strong, earlier ones faint, their range behind."""
    years = sorted({value.day.year for value in series.values})[-most_years:]
    newest = years[-1] if years else 0
    entries = [(style, str(year), year != newest) for style, year in enumerate(reversed(years), start=1)]
    chart = _frame([series], series.parameter, entries)
    chart.title = f"{series.point.name} · {chart.title}"
    chart.x_axis = Axis(0.5, 12.5, LEFT, WIDTH - RIGHT)
    chart.x_ticks = [Tick(chart.x_axis.at(month), _("%(month)s月") % {"month": month}) for month in range(1, 13)]
    earlier = [value for value in series.values if value.day.year < newest]
    chart.envelope = _envelope(chart, earlier)
    chart.lines = [_year_line(chart, series, year, style, faint) for style, year, faint in _styled(years)]
    return chart


def _styled(years: Sequence[int]) -> list[tuple[int, int, bool]]:
    """Earlier years first, so that the newest is drawn over them; the newest has style 1."""
    return [(len(years) - place, year, place < len(years) - 1) for place, year in enumerate(years)]


def _frame(series: Sequence[Series], parameter: Parameter, entries: list[tuple[int, str, bool]]) -> Chart:
    """Legend, value axis, bands and limits; the other axis is for the caller."""
    keys, key_height = key_of(entries, WIDTH - LEFT - 8)
    top = key_height + 14.0
    values = [float(value.value) for each in series for value in each.values]
    targets = sorted({each.target for each in series if each.target is not None})
    low, high = value_range(parameter, values, targets)
    axis = Axis(low, high, top + PLOT_HEIGHT, top)
    name = parameter_name(parameter)
    title = f"{name}（{parameter.unit}）" if parameter.unit else name
    chart = Chart(
        title=title,
        description=_("%(name)s随时间变化的折线，背景为水质类别。数值见下表。") % {"name": name},
        unit=parameter.unit,
        x_axis=Axis(0, 1, LEFT, WIDTH - RIGHT),
        y_axis=axis,
        top=top,
        height=int(top + PLOT_HEIGHT + BOTTOM),
        keys=keys,
        y_ticks=[Tick(axis.at(tick), f"{tick:g}") for tick in nice_ticks(low, high)],
    )
    waters = {each.water for each in series}
    if len({parameter.limits_for(water) for water in waters}) == 1:
        chart.strips = strips_of(class_bands(parameter, series[0].water, low, high), axis)
    chart.limits = spread_labels(_limits(series, parameter, low, high), axis)
    return chart


def _limits(series: Sequence[Series], parameter: Parameter, low: float, high: float) -> list[tuple[float, str, bool]]:
    """Targets of the points, then the limits of the classes that the axis reaches."""
    sign = "≥" if parameter.direction == "min" else "≤"
    targets = {(each.target, each.point.target_class) for each in series if each.target is not None}
    found = [
        (
            limit,
            _("目标%(class)s %(limit)s") % {"class": _(WaterClass.of(number).zh), "limit": f"{sign}{limit:g}"},
            True,
        )
        for limit, number in sorted(targets)
    ]
    named = {limit for limit, _label, _is_target in found}
    if parameter.bounds:
        rest = [(float(bound), f"{bound:g}") for bound in parameter.bounds]
    else:
        waters = {each.water for each in series}
        limits = parameter.limits_for(waters.pop()) if len(waters) == 1 else ()
        numbered = [(float(limit), number) for number, limit in enumerate(limits, start=1)]
        rest = [(limit, f"{_(WaterClass.of(number).zh)} {sign}{limit:g}") for limit, number in numbered]
    found += [(limit, label, False) for limit, label in rest if low < limit < high and limit not in named]
    return found


def _edges(days: Sequence[date]) -> tuple[date, date]:
    """The axis's ends, a little outside the values; a year back from today when there are none."""
    if not days:
        return date.today() - timedelta(days=365), date.today()
    first, last = min(days), max(days)
    room = max(15, (last - first).days // 60)
    return first - timedelta(days=room), last + timedelta(days=room)


def _month_ticks(axis: Axis, first: date, last: date) -> list[Tick]:
    days = month_ticks(first, last, MOST_X_TICKS)
    return [Tick(axis.at(day.toordinal()), f"{day.year}.{day.month}") for day in days if day >= first]


def _line(chart: Chart, series: Series, style: int) -> Line:
    marks = [_mark(chart, series, value, value.day.toordinal()) for value in series.values]
    days = [value.day for value in series.values]
    grain = series.values[0].span.period if series.values and series.values[0].span else None
    breaks = [True, *((later - earlier).days > GAP_DAYS[grain] for earlier, later in pairwise(days))][: len(marks)]
    return Line(series.point.name, style, marks, pieces_of(marks, breaks))


def _year_line(chart: Chart, series: Series, year: int, style: int, faint: bool) -> Line:
    values = [value for value in series.values if value.day.year == year]
    marks = [_mark(chart, series, value, value.day.month) for value in values]
    months = [value.day.month for value in values]
    breaks = [True, *(later - earlier > 1 for earlier, later in pairwise(months))][: len(marks)]
    return Line(str(year), style, marks, pieces_of(marks, breaks), faint)


def _mark(chart: Chart, series: Series, value: Value, x: float) -> Mark:
    return Mark(
        chart.x_axis.at(x), chart.y_axis.at(float(value.value)), value.is_non_detect, value_in_words(series, value)
    )


def value_in_words(series: Series, value: Value) -> str:
    """``鄞江桥 2026年3月：0.42 mg/L，Ⅱ类``; a non-detect is marked as one."""
    shown = shown_value(series.parameter, value)
    when = span_in_words(value.span) if value.span else date_format(value.day)
    words = f"{series.point.name} {when}：{shown} {series.parameter.unit}".rstrip()
    words += f"，{_(WaterClass.of(value.number).zh)}" if value.number else ""
    if value.is_non_detect:
        return words + _("（未检出，按检出限一半计）")
    if value.non_detects:
        return words + _("（%(count)s次中%(below)s次未检出）") % {"count": value.count, "below": value.non_detects}
    return words


def shown_value(parameter: Parameter, value: Value) -> str:
    """The value rounded to the parameter's digits, one more where it would be lost; half to even."""
    rounded = round(value.value, parameter.decimals)
    return f"{rounded if rounded or not value.value else round(value.value, parameter.decimals + 2):f}"


def _envelope(chart: Chart, values: Sequence[Value]) -> str:
    """Corners of the range of earlier years, month by month; months without values end it."""
    by_month: dict[int, list[float]] = {}
    for value in values:
        by_month.setdefault(value.day.month, []).append(float(value.value))
    months = sorted(by_month)
    if len(months) < 3 or max(len(found) for found in by_month.values()) < 2:
        return ""
    upper = [(month, max(by_month[month])) for month in months]
    lower = [(month, min(by_month[month])) for month in reversed(months)]
    return " ".join(f"{chart.x_axis.at(month):g},{chart.y_axis.at(value):g}" for month, value in [*upper, *lower])
