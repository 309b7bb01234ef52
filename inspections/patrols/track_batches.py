"""What a phone sends of its track, checked as a whole: a batch is taken or refused with the place of each fault."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import isfinite
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from geokit.refusal import BadInput, FieldError, TooLarge
from inspections.patrols.track import Fix
from ui.field_checks import LATEST

MOST_IN_BATCH = 500
MOST_IN_PATROL = 10_000
MOST_ERRORS = 20
EARLIEST = 1970
"""The year of a clock that was never set: such a position is kept, and set apart. Near the year 1 none can be read."""


def read_batch(rows: Any) -> list[Fix]:
    """Read ``[{"n": 0, "t": "2026-11-23T09:00:00+08:00", "lng": 121.55, "lat": 29.87, "accuracy": 8}, ...]``.

    Raises BadInput with an error per broken row, and TooLarge beyond `MOST_IN_BATCH`.
    """
    if not isinstance(rows, Sequence) or isinstance(rows, str) or not rows:
        message = _("points 应是轨迹点的列表，至少一个。")
        raise BadInput(message, code="bad-batch", errors=[FieldError("points", "required", message)])
    if len(rows) > MOST_IN_BATCH:
        raise TooLarge(_("一批最多 %d 个轨迹点，请分批发送。") % MOST_IN_BATCH, code="batch-too-large")
    fixes, errors = [], []
    for index, row in enumerate(rows):
        try:
            fixes.append(_read(row))
        except (KeyError, TypeError, ValueError) as error:
            errors.append(FieldError(f"points[{index}]", "bad-point", str(error).strip("'")))
    if len({fix.number for fix in fixes}) < len(fixes):
        errors.append(FieldError("points", "repeated-number", _("同一批里有编号相同的轨迹点。")))
    if errors:
        message = _("这批轨迹点有 %d 处读不懂，整批没有收下。") % len(errors)
        raise BadInput(message, code="bad-batch", errors=errors[:MOST_ERRORS])
    return fixes


def _read(row: Any) -> Fix:
    if not isinstance(row, Mapping):
        raise TypeError(_("应是一个对象。"))
    number, lon, lat = row["n"], _number(row["lng"], "lng"), _number(row["lat"], "lat")
    if type(number) is not int or not 0 <= number < 10_000_000:
        raise ValueError(_("n 应是从 0 起的序号。"))
    if abs(lon) > 180 or abs(lat) > 90:
        raise ValueError(_("经度应在 -180 到 180 之间，纬度应在 -90 到 90 之间。"))
    accuracy = None if row.get("accuracy") is None else _number(row["accuracy"], "accuracy")
    if accuracy is not None and accuracy < 0:
        raise ValueError(_("accuracy 不能是负数。"))
    return Fix(number, _time(row["t"]), lon, lat, accuracy)


def _number(value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise ValueError(_("%s 应是数字。") % name)
    return float(value)


def _time(value: Any) -> datetime:
    try:
        found = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or timezone.is_naive(found):
        raise ValueError(_("t 应是带时区的时间，例如 2026-11-23T09:00:00+08:00。"))
    if not EARLIEST <= found.year <= LATEST:
        raise ValueError(_("t 的年份应在 %(first)d 到 %(last)d 之间。") % {"first": EARLIEST, "last": LATEST})
    return found
