"""From a stored sample to its class: the bridge between the pure standard and the models."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from geokit.refusal import BadInput, FieldError
from river_monitoring.points.past import water_on
from river_monitoring.samples.models import Sample
from river_monitoring.standard.evaluation import (
    GB3838_2002,
    Evaluation,
    Parameter,
    Standard,
    Water,
    evaluate_water_class,
)
from river_monitoring.standard.limits import STANDARDS_DIR, in_force, load_all
from river_monitoring.standard.readings import (
    HELD_FOR_REVIEW,
    IMPLAUSIBLE,
    SENT_LATE,
    TO_REVIEW,
    UNIT_UNKNOWN,
    RawReading,
    Reading,
    UnreadableValue,
    parse_reading,
)
from river_monitoring.wording.parameters import parameter_name

STANDARDS: Mapping[str, Standard] = load_all(STANDARDS_DIR, *([Path(settings.NORMS_DIR)] if settings.NORMS_DIR else []))
"""Every standard by its id. A sample keeps the id of the one that was in force when it was taken."""


def standard_at(at: datetime) -> Standard:
    """The standard in force on the day of a sample."""
    return in_force(timezone.localdate(at), STANDARDS.values())


def rate_sample(sample: Sample) -> Evaluation:
    """Evaluate `sample` by its standard and the table of its month, set its class and notes. Nothing is saved."""
    standard = STANDARDS[sample.standard]
    # A value that is no number or cannot be true still counts as a reason not to rate; one that the station itself
    # marked as faulty was not measured at all.
    doubted = {code: item["value"] for code, item in sample.flagged.items() if item["flag"] == IMPLAUSIBLE}
    answer = evaluate_water_class({**sample.readings, **doubted}, water_of(sample), standard)
    held = review_reasons(sample)
    sample.water_class = 0 if held else answer.water_class.number
    sample.limiting = [] if held else list(answer.limiting)
    sample.exceedance = {} if held else {code: str(multiple) for code, multiple in answer.exceedance.items()}
    sample.note = "；".join(filter(None, [*held, answer.note, flagged_note(sample)]))
    return answer


def water_of(sample: Sample) -> Water:
    """The table of limits that was in force for its point when it was taken."""
    return water_on(sample.point, timezone.localdate(sample.phenomenon_time))


def review_reasons(sample: Sample) -> list[str]:
    """Why the sample waits for a person: it came late, values are most often a slip, or in a unit that nobody knows."""
    standard = STANDARDS[sample.standard]
    late = any(item["flag"] == SENT_LATE for item in sample.flagged.values())
    return ([_("报来时已过补录期限，待核实")] if late else []) + [
        (
            _("%(name)s的值%(value)s很少见，待核对")
            if item["flag"] == TO_REVIEW
            else _("%(name)s的值%(value)s单位不明，待核对")
        )
        % {"name": parameter_name(standard[code]), "value": item["value"]}
        for code, item in sample.flagged.items()
        if item["flag"] in HELD_FOR_REVIEW - {SENT_LATE}
    ]


@dataclass(frozen=True, slots=True)
class ExcludedValue:
    """One value of a sample that did not count, and why."""

    name: str
    value: str
    unit: str
    reason: str


def excluded_values(sample: Sample) -> list[ExcludedValue]:
    """Every value of a sample that was set apart, in words."""
    standard = STANDARDS[sample.standard]
    reasons = {
        TO_REVIEW: _("数值少见，可能单位或小数点有误"),
        UNIT_UNKNOWN: _("单位不认识"),
        SENT_LATE: _("报来时已过补录期限"),
        IMPLAUSIBLE: _("读不出数字或不可能出现"),
    }
    return [
        ExcludedValue(
            name=parameter_name(standard[code]),
            value=item["value"],
            unit=standard[code].unit if item["flag"] != UNIT_UNKNOWN else "",
            reason=reasons.get(item["flag"]) or _("自动站标记 %s") % item["flag"],
        )
        for code, item in sample.flagged.items()
    ]


def flagged_note(sample: Sample) -> str:
    """Return a note on the values that the station flagged, so that a missing parameter is explained."""
    names = [
        _("%(name)s（标记 %(flag)s）")
        % {"name": parameter_name(STANDARDS[sample.standard][code]), "flag": item["flag"]}
        for code, item in sample.flagged.items()
        if item["flag"] not in {IMPLAUSIBLE, *HELD_FOR_REVIEW}
    ]
    return _("自动站标记为异常、未参评：%s") % "、".join(names) if names else ""


def clean_readings(
    readings: Mapping[str, RawReading], standard: Standard = GB3838_2002, *, confirmed: bool = False
) -> dict[str, str]:
    """Return readings as they are stored, empty cells left out. Raises BadInput naming each wrong value.

    A value that is possible but unusual is refused with the code `unusual-values` until somebody has `confirmed` it.
    """
    errors: list[FieldError] = []
    unusual: list[FieldError] = []
    clean: dict[str, str] = {}
    for code, raw in readings.items():
        reading = _clean_reading(code, raw, standard, errors)
        if reading is not None:
            clean[code] = str(reading)
            if not confirmed and not standard[code].is_usual(reading.value):
                unusual.append(_unusual(standard[code], reading))
    code = "bad-readings" if errors or not unusual else "unusual-values"
    errors = errors or unusual
    if not clean and not errors:
        errors.append(FieldError("readings", "required", _("至少填写一项监测值。")))
    if errors:
        raise BadInput(" ".join(error.message for error in errors), code=code, errors=errors)
    return clean


def _unusual(parameter: Parameter, reading: Reading) -> FieldError:
    message = _("%(name)s的值%(value)s%(unit)s很少见，请核对单位（如μg/L误作mg/L）和小数点；确实无误请确认后再提交。")
    names = {"name": parameter_name(parameter), "value": reading, "unit": parameter.unit}
    return FieldError(parameter.code, "unusual-value", message % names)


def _clean_reading(code: str, raw: RawReading, standard: Standard, errors: list[FieldError]) -> Reading | None:
    if code not in standard.parameters:
        errors.append(FieldError(code, "unknown-parameter", _("标准中没有指标“%s”，请核对代码。") % code))
        return None
    name = parameter_name(standard[code])
    try:
        reading = parse_reading(raw)
    except UnreadableValue:
        message = _("%(name)s的值“%(value)s”读不出数字；未检出请写成检出限加 L，例如 0.025L。")
        errors.append(FieldError(code, "unreadable-value", message % {"name": name, "value": raw}))
        return None
    if reading is not None and not standard[code].can_be(reading):
        message = _("%(name)s的值%(value)s不可能出现，请核对数值和单位。")
        errors.append(FieldError(code, "impossible-value", message % {"name": name, "value": reading}))
        return None
    return reading
