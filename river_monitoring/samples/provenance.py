"""Where the figures of a sample come from: laboratory, method, detection limits, report. The party is never typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Department
from geokit.refusal import BadInput, FieldError
from river_monitoring.samples.parties import plain_name
from river_monitoring.standard.evaluation import Standard
from river_monitoring.standard.readings import NUMBER, parse_reading
from river_monitoring.wording.parameters import parameter_name

LENGTHS = {"laboratory": 80, "method": 200, "report_number": 40}


@dataclass(frozen=True, slots=True)
class Provenance:
    """What was written with a sample. `party` is whom the writer names; it must be the one who hands it in.

    `detection_limits` is {parameter code: number as text}, in the standard's unit.
    """

    party: str = ""
    laboratory: str = ""
    method: str = ""
    report_number: str = ""
    detection_limits: Mapping[str, str] = field(default_factory=dict)


def checked_fields(given: Provenance, party: Department | None, readings: Mapping[str, str], standard: Standard) -> Any:
    """Return the fields of a sample for what was written. Raises BadInput naming each that is wrong.

    `party` is the department of the account; None for historic data, of which the sheet names the party.
    """
    errors = [*_wrong_party(given, party), *_too_long(given)]
    limits: dict[str, str] = {}
    for code, text in given.detection_limits.items():
        if not text.strip():
            continue
        if error := _wrong_limit(code, text.strip(), readings, standard):
            errors.append(error)
        else:
            limits[code] = f"{Decimal(text.strip()):f}"
    if errors:
        raise BadInput(" ".join(error.message for error in errors), code="bad-provenance", errors=errors)
    return {
        "party": party,
        "party_name": party.name if party else given.party.strip()[:80],
        "laboratory": given.laboratory.strip(),
        "method": given.method.strip(),
        "report_number": given.report_number.strip(),
        "detection_limits": limits,
    }


def _wrong_party(given: Provenance, party: Department | None) -> list[FieldError]:
    if party is None or not given.party.strip():
        return []
    own = {plain_name(name) for name in (party.code, party.name, party.short_name)}
    if plain_name(given.party) in own:
        return []
    message = _("采样单位由账号决定，是“%(own)s”，不能写成“%(given)s”。")
    return [FieldError("party", "party-not-yours", message % {"own": party.name, "given": given.party.strip()[:80]})]


def _too_long(given: Provenance) -> list[FieldError]:
    return [
        FieldError(name, "too-long", _("最多 %(most)d 个字符。") % {"most": most})
        for name, most in LENGTHS.items()
        if len(getattr(given, name).strip()) > most
    ]


def _wrong_limit(code: str, text: str, readings: Mapping[str, str], standard: Standard) -> FieldError | None:
    """A detection limit must be a number above nought, and no value may lie below it."""
    where = f"detection_limits.{code}"
    if code not in standard.parameters:
        return FieldError(where, "unknown-parameter", _("标准中没有指标“%s”，请核对代码。") % code)
    names = {"name": parameter_name(standard[code]), "limit": text[:20], "value": readings.get(code, "")}
    if not NUMBER.fullmatch(text) or Decimal(text) <= 0:
        return FieldError(where, "bad-limit", _("%(name)s的检出限“%(limit)s”应是大于零的数字。") % names)
    reading = parse_reading(readings[code]) if code in readings else None
    if reading is None:
        return None
    if reading.below_limit and reading.value != Decimal(text):
        return FieldError(where, "limit-differs", _("%(name)s未检出记为%(value)s，与检出限%(limit)s不一致。") % names)
    if not reading.below_limit and reading.value < Decimal(text):
        message = _("%(name)s的值%(value)s低于检出限%(limit)s，未检出请写成检出限加 L。")
        return FieldError(where, "below-detection-limit", message % names)
    return None
