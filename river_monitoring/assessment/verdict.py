"""Why a point has its class in a month, in words: limiting parameters, what is missing, means and newest readings."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from river_monitoring.assessment.period import Assessment
from river_monitoring.assessment.queries import RULES, Taken, assess, assess_taken
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.samples.models import Sample
from river_monitoring.samples.rating import STANDARDS, flagged_note, review_reasons, water_of
from river_monitoring.standard.averages import span_of
from river_monitoring.standard.evaluation import Evaluation, Parameter, Standard, Water
from river_monitoring.standard.readings import parse_reading
from river_monitoring.wording.parameters import parameter_name, rule_name
from river_monitoring.wording.quality import condition_of, span_in_words
from river_monitoring.wording.translation import clause_of, translate

SAID_ELSEWHERE = {"fewer-than-core", "no-readings"}
"""Remarks of the standard that the reasons of an assessment make."""


@dataclass(frozen=True)
class Verdict:
    """What is said of a point in a period beside its class mark.

    `reasons` say why it has no class, or only a least one; `worst` is the second figure, the class number of the worst
    single sample, 0 where there is none.
    """

    period: str
    samples: int
    number: int
    is_at_least: bool
    is_complete: bool
    condition: str
    limiting: list[str]
    primary: list[str]
    meets_target: bool | None
    reasons: list[str]
    note: str
    worst: int
    rule: str


@dataclass(frozen=True)
class ValueRow:
    """One parameter of a period in words: its assessment data, of how many values, and its class."""

    name: str
    clause: str
    value: str
    unit: str
    count: int
    number: int
    decides: bool


def verdict(point: MonitoringPoint) -> Verdict | None:
    """Say why the point has its class now, in the newest month with samples; None when it was never sampled."""
    found = assessment_now(point)
    return verdict_of(found, point) if found else None


def assessment_now(point: MonitoringPoint, read: Sequence[Taken] | None = None) -> Assessment | None:
    """The assessment of the month that counts as now; `read` are at least the samples of that month."""
    if not point.current_month:
        return None
    month = span_of(point.current_month, "month")
    if read is None:
        return assess(point, month)
    return assess_taken(point, [each for each in read if month.first_day <= each.measured.day <= month.last_day], month)


def verdict_of(found: Assessment, point: MonitoringPoint) -> Verdict:
    """Say why the point has this class in this period."""
    standard, shown = STANDARDS[found.evaluation.standard], found.shown
    return Verdict(
        period=span_in_words(found.span),
        samples=found.samples,
        number=found.number,
        is_at_least=found.is_at_least,
        is_complete=found.is_complete,
        condition="" if found.is_at_least else condition_of(found.number),
        limiting=[_with_multiple(code, shown, standard) for code in shown.limiting] if found.number > 1 else [],
        primary=[_in_brackets(code, shown, standard) for code in shown.primary],
        meets_target=found.meets_target,
        reasons=reasons_in_words(found),
        note=_("；").join(filter(None, [_beside(found), *_of_newest(found, point)])),
        worst=found.worst,
        rule=rule_name(RULES[found.rule]),
    )


def reasons_in_words(found: Assessment) -> list[str]:
    """Why an assessment has no class or only a least one; empty for a complete one."""
    return [translate(reason) for reason in found.reasons]


def _beside(found: Assessment) -> str:
    notes = found.evaluation.notes if found.samples else ()
    return _("；").join(translate(note.message) for note in notes if note.code not in SAID_ELSEWHERE)


def _of_newest(found: Assessment, point: MonitoringPoint) -> list[str]:
    """Values of the newest sample that wait for a person or were marked by the station."""
    sample = point.current_sample
    if sample is None or span_of(timezone.localdate(sample.phenomenon_time), "month") != found.span:
        return []
    return [*review_reasons(sample), flagged_note(sample)]


def values_in_words(found: Assessment) -> list[ValueRow]:
    """The values of a period as they were graded, in the order of the standard's table."""
    standard, water = STANDARDS[found.evaluation.standard], found.water
    return [
        ValueRow(
            name=parameter_name(row),
            clause=clause_of(row),
            value=f"{_shown_value(found, code, row):f}",
            unit=row.unit,
            count=found.means[code].count,
            number=found.evaluation.grades.get(
                code, row.grade(found.values[code], water) if row.is_rated(water) else 0
            ),
            decides=found.number > 1 and code in found.shown.limiting,
        )
        for code, row in standard.parameters.items()
        if code in found.values
    ]


def _shown_value(found: Assessment, code: str, row: Parameter) -> Decimal:
    """The number that was graded; a mean for which the rule names no digits is cut to the parameter's."""
    mean = found.means[code]
    return found.values[code] if mean.is_single or code in RULES[found.rule].decimals else mean.shown(row.decimals)


def _with_multiple(code: str, shown: Evaluation, standard: Standard) -> str:
    """``氨氮（超Ⅲ类标准1.4倍）``; the name alone where no multiple is computed."""
    name, multiple = parameter_name(standard[code]), shown.exceedance.get(code)
    if multiple is None:
        return name
    if multiple == 0:
        return _("%(name)s（超Ⅲ类标准不足0.1倍）") % {"name": name}
    return _("%(name)s（超Ⅲ类标准%(multiple)s倍）") % {"name": name, "multiple": multiple}


def _in_brackets(code: str, shown: Evaluation, standard: Standard) -> str:
    """``高锰酸盐指数（1.2）``, as the rule writes primary pollutants."""
    name, multiple = parameter_name(standard[code]), shown.exceedance.get(code)
    return name if multiple is None else _("%(name)s（%(multiple)s）") % {"name": name, "multiple": multiple}


def readings_in_words(sample: Sample | None) -> list[dict[str, Any]]:
    """Return a sample as rows: name, value, unit, class of the value, whether it decides, multiple."""
    if sample is None:
        return []
    standard = STANDARDS[sample.standard]
    known = [(code, row) for code, row in standard.parameters.items() if code in sample.readings]
    return [_row_in_words(code, row, sample, standard, water_of(sample)) for code, row in known]


def _row_in_words(code: str, row: Parameter, sample: Any, standard: Standard, water: Water) -> dict[str, Any]:
    reading = parse_reading(sample.readings[code])
    rated = reading is not None and row.is_rated(water)
    multiple = sample.exceedance.get(code)
    return {
        "code": code,
        "name": parameter_name(row),
        "value": str(reading) if reading else "",
        "unit": row.unit,
        "clause": clause_of(row),
        "class": row.grade(reading.counted, water) if reading and rated else 0,
        "decides": code in sample.limiting,
        "apart": row.judged != "class",
        "multiple": Decimal(multiple) if multiple is not None else None,
        "limit": sample.detection_limits.get(code, ""),
    }
