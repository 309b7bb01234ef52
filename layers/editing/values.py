"""A feature from outside, checked against a layer: its shape as it is stored, its values as its columns take them."""

import datetime as dt
import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from django.utils import timezone
from django.utils.translation import gettext as _
from pyproj import CRS

from geokit.geometry.repair import Cleaner
from geokit.refusal import BadInput, FieldError
from layers.storage.columns import Column
from tiles.layer.editing import GivenFeature

SHAPES = ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon")
SPANS = {"integer": 2**31, "bigint": 2**63}
GEOMETRY = "geometry"


class Unfit(ValueError):
    """A value that a column does not take."""


def shape_of(feature: GivenFeature, family: str) -> Any:
    """Return the shape in WGS 84, two-dimensional, Multi and valid. Raises BadInput with the reason.

    Whoever draws by hand mends by hand: an invalid shape is refused, not repaired as in a file of a million rows.
    """
    cleaner = Cleaner(CRS.from_epsg(feature.srid), family, swap_axes=feature.north_first, policy="skip")
    cleaned = cleaner.clean(np.array([_read(feature.geometry)], dtype=object), first_row=1, already=set())
    wrong = [issue for issue in cleaned.issues if issue.rejected]
    if wrong:
        raise _refused([FieldError(GEOMETRY, issue.code, issue.reason) for issue in wrong])
    return cleaned.geometry[0]


def _read(geometry: Mapping[str, Any] | None) -> Any:
    if geometry is None:
        return None
    if geometry.get("type") not in SHAPES:
        message = _("几何须是 %s 之一。") % "、".join(SHAPES)
        raise _refused([FieldError(GEOMETRY, "geometry-unreadable", message)])
    try:
        return shapely.from_geojson(json.dumps(geometry))
    except (shapely.errors.GEOSException, ValueError, TypeError) as error:
        message = _("几何读不懂：坐标须是数字，每个点两个或三个，环要闭合。")
        raise _refused([FieldError(GEOMETRY, "geometry-unreadable", message)]) from error


def values_of(feature: GivenFeature, columns: Sequence[Column], key: str) -> list[Any]:
    """Return the values in the order of the columns; None for what was not sent. `key` is the key's column, or none.

    Raises BadInput with an error for each property that the layer has not, or that its column does not take.
    """
    given = dict(feature.values)
    values, errors = [], []
    for column in columns:
        value = given.pop(column.column, None)
        try:
            values.append(None if value is None else _KINDS[column.kind](value, column.kind))
        except (Unfit, ValueError, OverflowError):
            errors.append(_unfit(column))
        if column.column == key and value in (None, ""):
            message = _("主键字段“%s”为空。") % column.label
            errors.append(FieldError(column.column, "key-missing", message))
    errors += [_unknown(name, columns) for name in list(given)[:10]]
    if errors:
        raise _refused(errors)
    return values


def _refused(errors: Sequence[FieldError]) -> BadInput:
    return BadInput(_("要素没有写入：%s") % errors[0].message, code=errors[0].code, errors=errors)


def _unfit(column: Column) -> FieldError:
    message = _("字段“%(field)s”的值不是 %(kind)s。") % {"field": column.label, "kind": column.kind}
    return FieldError(column.column, "value-invalid", message)


def _unknown(name: str, columns: Sequence[Column]) -> FieldError:
    known = _("、").join(column.column for column in columns)
    message = _("没有名为“%(name)s”的字段，有的是：%(known)s。") % {"name": name[:60], "known": known}
    return FieldError(name[:60], "field-unknown", message)


def _text(value: Any, kind: str) -> str:
    if not isinstance(value, str):
        raise Unfit(kind)
    return value


def _boolean(value: Any, kind: str) -> bool:
    if not isinstance(value, bool):
        raise Unfit(kind)
    return value


def _number(value: Any, kind: str) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unfit(kind)
    return value


def _whole(value: Any, kind: str) -> int:
    number = _number(value, kind)
    if number != math.floor(number) or not -SPANS[kind] <= number < SPANS[kind]:
        raise Unfit(kind)
    return int(number)


def _double(value: Any, kind: str) -> float:
    number = float(_number(value, kind))
    if not math.isfinite(number):
        raise Unfit(kind)
    return number


def _date(value: Any, kind: str) -> dt.date:
    text = _text(value, kind)
    if len(text) != len("2026-03-01"):
        raise Unfit(kind)
    return dt.date.fromisoformat(text)


def _moment(value: Any, kind: str) -> dt.datetime:
    """A time with its zone becomes local time, as columns have it; one without is local."""
    found = dt.datetime.fromisoformat(_text(value, kind))
    return found if found.tzinfo is None else timezone.make_naive(found)


_KINDS: dict[str, Callable[[Any, str], Any]] = {
    "text": _text,
    "boolean": _boolean,
    "integer": _whole,
    "bigint": _whole,
    "double": _double,
    "date": _date,
    "datetime": _moment,
}
