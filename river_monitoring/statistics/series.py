"""Values of several points and parameters through time, with what they rest on: for charts, their tables and files.

A value is one sample or the mean of a month, quarter or year (`averages`). A non-detect counts as half its limit, as it
does where classes are decided, and is marked.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal, cast

from river_monitoring.assessment.queries import only, read_samples
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.past import read_changes, water_on
from river_monitoring.samples.models import Sample
from river_monitoring.standard.averages import Mean, Measured, Span, assessment_value, means
from river_monitoring.standard.evaluation import GB3838_2002, Parameter, Standard, Water
from river_monitoring.standard.rank_trend import RankTrend, rank_trend
from river_monitoring.standard.readings import UnreadableValue, parse_reading

Grain = Literal["sample", "month", "quarter", "year"]


@dataclass(frozen=True, slots=True)
class Value:
    """One mark on a chart. `span` is None for a single sample; `number` is the class of the value alone, 0 without."""

    day: date
    value: Decimal
    count: int
    non_detects: int
    number: int
    span: Span | None = None
    graded: Decimal | None = None
    """Of a mean the assessment data, which decide its class."""

    @property
    def as_graded(self) -> Decimal:
        return self.value if self.graded is None else self.graded

    @property
    def is_non_detect(self) -> bool:
        """Nothing of what was averaged was detected."""
        return self.non_detects == self.count

    @property
    def name(self) -> str:
        return str(self.span) if self.span else self.day.isoformat()


@dataclass(frozen=True, slots=True)
class Series:
    """One parameter of one point, oldest value first, and whether it rises or falls."""

    point: MonitoringPoint
    parameter: Parameter
    values: Sequence[Value]
    trend: RankTrend

    @property
    def water(self) -> Water:
        return cast(Water, self.point.water)

    @property
    def target(self) -> float | None:
        """The limit that the point's target class sets; None for pH and what the standard does not limit."""
        limits = self.parameter.limits_for(self.water)
        return float(limits[self.point.target_class - 1]) if limits and 1 <= self.point.target_class <= 5 else None

    def at(self, span: Span | None) -> Value | None:
        return next((value for value in self.values if span is not None and value.span == span), None)


def load_series(
    points: Sequence[MonitoringPoint],
    codes: Sequence[str],
    grain: Grain,
    since: date | None = None,
    until: date | None = None,
    standard: Standard = GB3838_2002,
) -> list[Series]:
    """Return one series for each parameter and point, in that order, of the days from `since` through `until`."""
    samples = _samples(points, since, until)
    read_changes(points)
    values = {point.pk: _values(samples.get(point.pk, []), codes, grain, standard) for point in points}
    return [_series(point, standard[code], values[point.pk].get(code, [])) for code in codes for point in points]


def _samples(points: Iterable[MonitoringPoint], since: date | None, until: date | None) -> dict[int, list[Measured]]:
    rows = Sample.objects.filter(point__in=[point.pk for point in points])
    if since:
        rows = rows.filter(phenomenon_time__date__gte=since)
    if until:
        rows = rows.filter(phenomenon_time__date__lte=until)
    return {pk: [each.measured for each in taken] for pk, taken in read_samples(rows).items()}


def _values(samples: list[Measured], codes: Sequence[str], grain: Grain, standard: Standard) -> dict[str, list[Value]]:
    wanted = [only(each, codes) for each in samples]
    if grain == "sample":
        return _single(wanted, standard)
    found: dict[str, list[Value]] = defaultdict(list)
    for span, columns in means(wanted, grain, standard).items():
        for code, mean in columns.items():
            found[code].append(_of_span(span, mean, assessment_value(code, mean)))
    return found


def _of_span(span: Span, mean: Mean, graded: Decimal) -> Value:
    middle = span.first_day + (span.after.first_day - span.first_day) / 2
    return Value(middle, mean.value, mean.count, mean.non_detects, 0, span, graded)


def _single(samples: list[Measured], standard: Standard) -> dict[str, list[Value]]:
    found: dict[str, list[Value]] = defaultdict(list)
    for day, readings, *_by in samples:
        for code, raw in readings.items():
            try:
                reading = parse_reading(raw)
            except UnreadableValue:
                continue
            if reading is not None and standard[code].can_be(reading):
                found[code].append(Value(day, reading.counted, 1, int(reading.below_limit), 0))
    return found


def _series(point: MonitoringPoint, parameter: Parameter, values: list[Value]) -> Series:
    values = [replace(value, number=_grade(point, parameter, value)) for value in values]
    return Series(point, parameter, values, rank_trend([float(value.value) for value in values]))


def _grade(point: MonitoringPoint, parameter: Parameter, value: Value) -> int:
    """The class of one value by the table of its day, or of the last month of its span; 0 where it has none."""
    water = water_on(point, value.span.last_day if value.span else value.day)
    return parameter.grade(value.as_graded, water) if parameter.is_rated(water) else 0


@dataclass(frozen=True, slots=True)
class Step:
    """How a value differs from an earlier one, in percent; `better` is None where up and down mean nothing."""

    earlier: Value
    percent: Decimal
    better: bool | None


def step_between(earlier: Value | None, later: Value | None, parameter: Parameter) -> Step | None:
    """Compare two concentrations (浓度比较); None without both, or when the earlier one is nought.

    Less is better, but for dissolved oxygen; of pH and temperature neither is.
    """
    if earlier is None or later is None or not earlier.value:
        return None
    percent = 100 * (later.value - earlier.value) / earlier.value
    if parameter.direction == "range" or parameter.judged == "never" or not percent:
        return Step(earlier, percent, None)
    return Step(earlier, percent, (percent > 0) == (parameter.direction == "min"))


def newest_steps(series: Series) -> tuple[Step | None, Step | None]:
    """The newest value against the span before and against the same span a year before."""
    if not series.values or series.values[-1].span is None:
        return None, None
    newest, span = series.values[-1], series.values[-1].span
    before, year = series.at(span.before), series.at(span.year_before)
    return step_between(before, newest, series.parameter), step_between(year, newest, series.parameter)
