"""Samples over the API: one object or a list of them, each taken in by the same rules as a sheet's rows.

The same sample again changes nothing and is answered as a duplicate, so a client without an answer may repeat.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, NoReturn

from django.utils.translation import gettext as _
from rest_framework import status

from accounts.permissions import Asker
from geokit.refusal import BadInput, FieldError, NotPermitted, StaleEdit, TooLarge
from river_monitoring.samples.models import Sample
from river_monitoring.samples.provenance import Provenance
from river_monitoring.samples.sheet import SheetRow
from river_monitoring.samples.sheet_heads import converted, factor_of
from river_monitoring.samples.sheet_import import RowResult, import_samples
from river_monitoring.standard.evaluation import GB3838_2002

MOST_ROWS = 1_000
TIME = "phenomenon_time"
MEASURED_BY = frozenset({Sample.Source.MANUAL.value, Sample.Source.IMPORT.value})
"""Ways in that an account or a token may name; `automatic` is a station's alone."""
TABLES = ("readings", "units", "detection_limits")
FACTS = ("party", "laboratory", "method", "report_number")


def record_one(body: Mapping[str, Any], actor: Asker) -> tuple[Sample, int]:
    """Take in one sample; return it with 201, or 200 when it was there already.

    Raises BadInput with an error per field, NotPermitted, or StaleEdit when the point has another sample of that time.
    """
    row, confirmed = _row(0, body)
    result = import_samples([row], actor, confirmed={0} if confirmed else ())[0]
    if result.sample is not None:
        return result.sample, status.HTTP_201_CREATED if result.outcome == "stored" else status.HTTP_200_OK
    errors = [_renamed(error) for error in result.errors]
    message = " ".join(error.message for error in errors)
    codes = {error.code for error in errors}
    if NotPermitted.default_code in codes:
        raise NotPermitted(message, errors=errors)
    if "sample-differs" in codes:
        raise StaleEdit(message, code="sample-differs", errors=errors)
    raise BadInput(message, code="unusual-values" if result.outcome == "review" else "bad-sample", errors=errors)


def record_many(bodies: Sequence[Any], actor: Asker) -> tuple[dict[str, Any], int]:
    """Take in a list, each for itself; return the report of all rows and its status.

    201 when something was stored and nothing refused, 200 when all was there already, 207 when a row needs somebody.
    """
    if len(bodies) > MOST_ROWS:
        names = {"rows": len(bodies), "most": MOST_ROWS}
        raise TooLarge(_("一次最多 %(most)d 份水样，这次有 %(rows)d 份，请分几次提交。") % names)
    rows: list[SheetRow] = []
    confirmed: set[int] = set()
    unread: list[tuple[int, tuple[FieldError, ...]]] = []
    for number, body in enumerate(bodies):
        try:
            row, is_confirmed = _row(number, body)
        except BadInput as refusal:
            unread.append((number, refusal.errors))
            continue
        rows.append(row)
        confirmed |= {number} if is_confirmed else set()
    found = [_row_report(result) for result in import_samples(rows, actor, confirmed=confirmed)]
    found += [{"row": number, "outcome": "refused", "errors": _as_dicts(errors)} for number, errors in unread]
    return _report(sorted(found, key=lambda row: row["row"]))


def _report(rows: list[dict[str, Any]]) -> tuple[dict[str, Any], int]:
    counts = Counter(row["outcome"] for row in rows)
    report = {name: counts[name] for name in ("stored", "duplicate", "review", "refused")}
    if counts["review"] or counts["refused"]:
        return report | {"rows": rows}, status.HTTP_207_MULTI_STATUS
    return report | {"rows": rows}, status.HTTP_201_CREATED if counts["stored"] else status.HTTP_200_OK


def _row_report(result: RowResult) -> dict[str, Any]:
    if result.sample is not None:
        details = {
            "id": result.sample.pk,
            "class": result.water_class,
            "note": result.note,
            "quality": result.sample.quality,
        }
    else:
        details = {"errors": _as_dicts(map(_renamed, result.errors))}
    return {"row": result.row.number, "outcome": result.outcome, **details}


def _as_dicts(errors: Any) -> list[dict[str, str]]:
    return [error.as_dict() for error in errors]


def _renamed(error: FieldError) -> FieldError:
    """A sheet's column and the API's field of the same thing have different names."""
    return replace(error, field=TIME) if error.field == "time" else error


def _row(number: int, body: Any) -> tuple[SheetRow, bool]:
    """One object as a row of a sheet. Raises BadInput naming every field of the wrong shape."""
    if not isinstance(body, Mapping):
        _refuse([FieldError("", "invalid", _("每份水样应是一个对象，含 point、phenomenon_time 和 readings。"))])
    errors = [
        FieldError(name, "required", _("缺少“%s”。") % name)
        for name in ("point", TIME, "readings")
        if not body.get(name)
    ]
    errors += [FieldError(name, "invalid", _("“%s”应是文本。") % name) for name in ("point", TIME, "source", *FACTS)
               if body.get(name) and not isinstance(body[name], str)]  # fmt: skip
    errors += [FieldError(name, "invalid", _("“%s”应是“指标代码: 值”的对象。") % name) for name in TABLES
               if body.get(name) and not isinstance(body[name], Mapping)]  # fmt: skip
    source = body.get("source") or Sample.Source.MANUAL.value
    if source == Sample.Source.AUTOMATIC.value:
        message = _("自动站的数据只能由自动站自己上报，不能由账号或接口填报。")
        errors.append(FieldError("source", "source-not-yours", message))
    elif isinstance(source, str) and source not in MEASURED_BY:
        errors.append(FieldError("source", "invalid-choice", _("来源“%s”不认识，应为 manual 或 import。") % source))
    if errors:
        _refuse(errors)
    units = body.get("units") or {}
    limits = _in_standard_units(body.get("detection_limits") or {}, units, "detection_limits.")
    provenance = Provenance(detection_limits=limits, **{name: body.get(name) or "" for name in FACTS})
    readings = _in_standard_units(body["readings"], units)
    row = SheetRow(number, body["point"], body[TIME], readings, source, provenance)
    return row, body.get("confirmed") is True


def _in_standard_units(given: Mapping[str, Any], units: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Values by parameter as text, in the standard's units. Raises BadInput; `prefix` goes before the field's name."""
    errors: list[FieldError] = []
    readings: dict[str, str] = {}
    for code, value in given.items():
        if isinstance(value, bool) or not isinstance(value, str | int | float | None):
            errors.append(
                FieldError(f"{prefix}{code}", "invalid", _("“%s”应是数值或文本，例如 0.32 或 0.025L。") % code)
            )
        elif value is not None:
            readings[code] = str(value)
    for code, unit in units.items():
        try:
            factor = factor_of(GB3838_2002[code], str(unit)) if code in GB3838_2002.parameters else Decimal(1)
        except BadInput as refusal:
            errors.append(FieldError(f"units.{code}", refusal.code, refusal.message))
            continue
        if code in readings:
            readings[code] = converted(readings[code], factor)
    if errors:
        _refuse(errors)
    return readings


def _refuse(errors: list[FieldError]) -> NoReturn:
    raise BadInput(" ".join(error.message for error in errors), code="bad-sample", errors=errors)
