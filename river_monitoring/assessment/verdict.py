"""Why a point has its class, in words: the limiting parameters, the newest readings."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from django.utils.translation import gettext as _

from river_monitoring.points.models import MonitoringPoint
from river_monitoring.samples.models import Sample
from river_monitoring.samples.rating import STANDARDS, flagged_note, rate_sample, review_reasons
from river_monitoring.standard.evaluation import Parameter, Standard, Water
from river_monitoring.standard.readings import parse_reading
from river_monitoring.wording.parameters import parameter_name
from river_monitoring.wording.quality import condition_of
from river_monitoring.wording.translation import clause_of, notes_of


@dataclass(frozen=True)
class Verdict:
    """The reasons for a class, shown beside the class mark."""

    condition: str
    limiting: list[str]
    primary: list[str]
    meets_target: bool | None
    note: str


def verdict(point: MonitoringPoint) -> Verdict | None:
    """Return why the point has its class; None when it was never sampled."""
    return verdict_of(point.current_sample, point) if point.current_sample else None


def verdict_of(sample: Sample, point: MonitoringPoint) -> Verdict:
    """Return why this sample of `point` has its class."""
    sample.point = point
    answer, standard = rate_sample(sample), STANDARDS[sample.standard]
    return Verdict(
        condition=condition_of(sample.water_class),
        limiting=[_with_multiple(code, sample, standard) for code in answer.limiting] if sample.water_class > 1 else [],
        primary=[_in_brackets(code, sample, standard) for code in answer.primary] if sample.water_class else [],
        meets_target=sample.water_class <= point.target_class if sample.water_class else None,
        note=_("；").join(filter(None, [*review_reasons(sample), notes_of(answer), flagged_note(sample)])),
    )


def _with_multiple(code: str, sample: Sample, standard: Standard) -> str:
    """``氨氮（超Ⅲ类标准1.4倍）``; the name alone where no multiple is computed."""
    name, multiple = parameter_name(standard[code]), sample.exceedance.get(code)
    if multiple is None:
        return name
    if Decimal(multiple) == 0:
        return _("%(name)s（超Ⅲ类标准不足0.1倍）") % {"name": name}
    return _("%(name)s（超Ⅲ类标准%(multiple)s倍）") % {"name": name, "multiple": multiple}


def _in_brackets(code: str, sample: Sample, standard: Standard) -> str:
    """``高锰酸盐指数（1.2）``, as the rule writes primary pollutants."""
    name, multiple = parameter_name(standard[code]), sample.exceedance.get(code)
    return name if multiple is None else _("%(name)s（%(multiple)s）") % {"name": name, "multiple": multiple}


def readings_in_words(point: MonitoringPoint) -> list[dict[str, Any]]:
    """Return the newest sample as rows: name, value, unit, class of the value, whether it decides, multiple."""
    sample = point.current_sample
    if sample is None:
        return []
    standard, water = STANDARDS[sample.standard], cast(Water, point.water)
    known = [(code, row) for code, row in standard.parameters.items() if code in sample.readings]
    return [_row_in_words(code, row, sample, standard, water) for code, row in known]


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
    }
