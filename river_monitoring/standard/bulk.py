"""The class of many samples at once: the same rule as `standards.evaluate_water_class`, over columns of numbers.

Pure Python with numpy. A million samples of the nine parameters of an automatic station take about a second; the
single path takes a hundred times as long, since it also words every note. Both give the same class, limiting
parameters, primary pollutants and multiples (a property-based test compares them).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from river_monitoring.standard.evaluation import GB3838_2002, INFERIOR, WATERS, Parameter, Standard, Water, WaterClass

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Grades = npt.NDArray[np.int8]
NEAR_TIE = 1e-6
PRIMARY = 3


@dataclass(frozen=True, slots=True)
class Column:
    """One parameter of all samples, in its unit; NaN where it was not measured.

    `below_limit` marks values that are detection limits: half of them counts.
    """

    values: Floats
    below_limit: Flags | None = None

    @property
    def counted(self) -> Floats:
        if self.below_limit is None:
            return self.values
        return np.where(self.below_limit, self.values / 2, self.values)


@dataclass(frozen=True, slots=True)
class BulkEvaluation:
    """Answers for all samples. `grades` has, per parameter that counts, its class number or 0 where not measured."""

    numbers: Grades
    """1 to 6, 6 is inferior V, 0 unrated."""
    grades: Mapping[str, Grades]
    exceedance: Mapping[str, Floats] = field(default_factory=dict)
    """Times above the reference class, one decimal, NaN where it is not exceeded or not computed."""
    impossible: Mapping[str, Flags] = field(default_factory=dict)
    standard: Standard = GB3838_2002

    def water_class(self, row: int) -> WaterClass:
        return WaterClass.of(int(self.numbers[row]))

    def limiting(self, row: int) -> tuple[str, ...]:
        """The parameters that decide, in the order of the standard's table."""
        worst = self.numbers[row]
        return tuple(code for code, grade in self.grades.items() if worst and grade[row] == worst)

    def multiples(self, row: int) -> dict[str, Decimal]:
        """As `Evaluation.exceedance`."""
        if not self.numbers[row]:
            return {}
        found = ((code, column[row]) for code, column in self.exceedance.items())
        return {code: Decimal(f"{value:.1f}") for code, value in found if not np.isnan(value)}

    def primary(self, row: int) -> tuple[str, ...]:
        """The primary pollutants, at most three, in the rule's order."""
        if not self.numbers[row]:
            return ()
        multiples = self.multiples(row)
        failing = [code for code, grade in self.grades.items() if grade[row] > self.standard.reference]
        failing.sort(
            key=lambda code: (
                not self.standard[code].priority,
                -self.grades[code][row],
                -multiples.get(code, Decimal(-1)),
            )
        )
        return tuple(failing[:PRIMARY])


def evaluate_water_classes(
    columns: Mapping[str, Column], water: Water | npt.NDArray[np.str_] = "river", standard: Standard = GB3838_2002
) -> BulkEvaluation:
    """Rate all samples, in the units of the standard; `water` is one for all or one per sample.

    A sample with a value that cannot be true is unrated, as in the single path. Raises KeyError for a parameter that
    the standard does not know, ValueError for columns of different length or an unknown water.

    >>> import numpy as np
    >>> answer = evaluate_water_classes({"nh3n": Column(np.array([2.35, 0.4])), "tp": Column(np.array([0.31, np.nan]))})
    >>> answer.numbers.tolist(), answer.limiting(0), answer.multiples(0)
    ([6, 2], ('nh3n',), {'nh3n': Decimal('1.4'), 'tp': Decimal('0.6')})
    """
    for code in columns:
        standard[code]
    size = _common_length(columns)
    masks = _masks(water, size)
    numbers = np.zeros(size, np.int8)
    grades: dict[str, Grades] = {}
    exceedance: dict[str, Floats] = {}
    impossible: dict[str, Flags] = {}
    for code, parameter in standard.parameters.items():
        if code not in columns:
            continue
        impossible[code] = _impossible(columns[code], parameter)
        if parameter.judged != "class":
            continue
        counted = columns[code].counted
        grades[code] = _by_saturation(_grade(counted, parameter, masks), counted, parameter, columns)
        exceedance[code] = _multiple(counted, parameter, masks, standard.reference)
        np.maximum(numbers, grades[code], out=numbers)
    for faulty in impossible.values():
        numbers[faulty] = 0
    return BulkEvaluation(numbers, grades, exceedance, impossible, standard)


def _common_length(columns: Mapping[str, Column]) -> int:
    sizes = {len(column.values) for column in columns.values()}
    if len(sizes) > 1:
        raise ValueError(f"columns of different length: {sorted(sizes)}")
    return sizes.pop() if sizes else 0


def _masks(water: Water | npt.NDArray[np.str_], size: int) -> dict[Water, Flags | None]:
    """Which samples each table applies to; None for all of them."""
    if isinstance(water, str):
        if water not in WATERS:
            raise ValueError(f"water {water!r} is none of {WATERS}")
        return {water: None}
    if len(water) != size or not np.isin(water, WATERS).all():
        raise ValueError(f"`water` needs one of {WATERS} per sample")
    return {each: water == each for each in WATERS}


def _impossible(column: Column, parameter: Parameter) -> Flags:
    values = column.values
    low, high = parameter.possible
    with np.errstate(invalid="ignore"):
        wrong = values < float(low)
        if high is not None:
            wrong |= values > float(high)
    if column.below_limit is not None:
        # No method has a detection limit of 0.
        not_below = values == 0 if parameter.direction == "max" else ~np.isnan(values)
        wrong |= column.below_limit & not_below
    return wrong | np.isinf(values)


def _grade(values: Floats, parameter: Parameter, masks: Mapping[Water, Flags | None]) -> Grades:
    """Class number per sample, 0 where it was not measured or this water has no limits for it."""
    answer = np.zeros(len(values), np.int8)
    for water, mask in masks.items():
        if not parameter.is_rated(water):
            continue
        found = _grade_by(values, parameter, parameter.limits_for(water))
        answer = found if mask is None else np.where(mask, found, answer)
    answer[np.isnan(values)] = 0
    return answer


def _by_saturation(grades: Grades, values: Floats, parameter: Parameter, columns: Mapping[str, Column]) -> Grades:
    """Class I also for what reaches the share of saturation at the temperature of its sample, from class II."""
    by = parameter.saturation
    if by is None or by.temperature not in columns:
        return grades
    with np.errstate(invalid="ignore", divide="ignore"):
        limits = float(by.share) * float(by.numerator) / (float(by.offset) + columns[by.temperature].values)
        return np.where((grades == 2) & (values >= limits), 1, grades).astype(np.int8)


def _grade_by(values: Floats, parameter: Parameter, limits: tuple[Decimal, ...]) -> Grades:
    if parameter.bounds is not None:
        low, high = map(float, parameter.bounds)
        return np.where((values >= low) & (values <= high), 1, INFERIOR).astype(np.int8)
    # Limits grow (or, for dissolved oxygen, fall) from class I to V; equal ones give the best class that has them.
    steps = np.array([float(limit) for limit in limits])
    if parameter.direction == "min":
        steps, values = -steps, -values
    met = np.searchsorted(steps, values, side="left") + 1
    return np.where(met > len(limits), INFERIOR, met).astype(np.int8)


def _multiple(values: Floats, parameter: Parameter, masks: Mapping[Water, Flags | None], reference: int) -> Floats:
    answer = np.full(len(values), np.nan)
    for water, mask in masks.items():
        limits = parameter.limits_for(water)
        if not parameter.multiple or not limits:
            continue
        limit = limits[reference - 1]
        over = values > float(limit)
        if mask is not None:
            over &= mask
        answer[over] = _rounded(values[over], limit)
    return answer


def _rounded(values: Floats, limit: Decimal) -> Floats:
    """(C − S)/S to one decimal, half to even; what lies near a tie is computed again as a decimal fraction."""
    tenths = (values - float(limit)) / float(limit) * 10
    answer: Floats = np.rint(tenths)
    for index in np.flatnonzero(np.abs(np.abs(tenths - np.floor(tenths)) - 0.5) < NEAR_TIE):
        exact = (Decimal(repr(float(values[index]))) - limit) / limit * 10
        answer[index] = float(exact.to_integral_value())  # half to even is the context's own rounding
    return answer / 10
