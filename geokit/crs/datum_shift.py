"""From Xi'an 1980 and Beijing 1954 to WGS 84: which transformation, stated and named.

No exact parameters are public for these datums. PROJ knows none for Xi'an 1980, and for Beijing 1954 a few made for oil
fields and shelf seas, each for its own region; left alone it would choose between them point by point. So one is
fixed for a whole file: what the file says (TOWGS84), what a person says, or none, which keeps latitude and longitude
as they are and may be off by tens of metres.
"""

import re
import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pyproj import CRS
from pyproj.crs import BoundCRS, CoordinateOperation
from pyproj.crs.coordinate_operation import ToWGS84Transformation
from pyproj.transformer import TransformerGroup

from geokit.crs.systems import WGS84, SourceCrs
from geokit.refusal import BadInput
from geokit.wording import gettext as _

BALLPARK = "ballpark"
IN_FILE = "file"
SEVEN = 7
LARGEST_SHIFT = 2_000.0  # metres; the old datums lie a few hundred metres from WGS 84's centre
NUMBER = r"[+-]?\d+(?:\.\d+)?"


@dataclass(frozen=True, slots=True)
class DatumShift:
    """A way from an old datum to WGS 84.

    `numbers` are the seven of Bursa-Wolf in the position vector sense: metres, arc seconds, parts per million.
    """

    key: str
    name: str
    accuracy_m: float | None = None
    """As the EPSG registry says it; None where nobody does."""
    numbers: tuple[float, ...] = ()

    def apply_to(self, crs: CRS) -> CRS:
        """`crs` as it is to be transformed from now on."""
        if self.key == IN_FILE:
            return crs
        if not self.numbers:
            # Without the datum's name PROJ has nothing to choose from and keeps latitude and longitude.
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # that the name is lost: it is meant to be
                return CRS.from_dict(_plain(crs).to_dict())
        plain = _plain(crs)
        return BoundCRS(plain, WGS84, ToWGS84Transformation(plain.geodetic_crs, *self.numbers))

    def as_dict(self) -> dict[str, Any]:
        return {"key": self.key, "name": self.name, "accuracy_m": self.accuracy_m}


def shifts_for(source: SourceCrs) -> list[DatumShift]:
    """What can be chosen for `source`, none first; empty where its datum needs no choice."""
    if not source.needs_datum_warning:
        return []
    family = source.family
    known = _registered(family.geographic) if family else ()
    declared = [DatumShift(IN_FILE, _("文件里写明的参数（TOWGS84）"))] if source.crs.is_bound else []
    return [*declared, DatumShift(BALLPARK, _("不做转换（经纬度不变，可能偏差几十米）")), *known]


def shift_for(source: SourceCrs, asked: str) -> DatumShift | None:
    """The shift a person asked for, else the file's own, else none at all; None where the datum needs none.

    `asked` is a key of `shifts_for` or seven numbers `dx,dy,dz,rx,ry,rz,ds`. Raises BadInput `transformation-unknown`.
    """
    choices = shifts_for(source)
    if not choices:
        return None
    if not asked.strip():
        return choices[0]
    if found := next((shift for shift in choices if shift.key.lower() == asked.strip().lower()), None):
        return found
    return DatumShift(asked.strip(), _("七参数（%s）") % asked.strip(), None, _seven(asked, choices))


def _seven(asked: str, choices: list[DatumShift]) -> tuple[float, ...]:
    parts = re.split(r"[,，\s]+", asked.strip())
    if len(parts) != SEVEN or not all(re.fullmatch(NUMBER, part) for part in parts):
        message = _("不认识基准转换“%(asked)s”。可选：%(known)s，或七个数 dx,dy,dz,rx,ry,rz,ds（米、秒、百万分率）。")
        named = {"asked": asked[:60], "known": _("、").join(shift.key for shift in choices)}
        raise BadInput(message % named, code="transformation-unknown")
    numbers = tuple(float(part) for part in parts)
    if max(map(abs, numbers[:3])) > LARGEST_SHIFT or max(map(abs, numbers[3:])) > 100:
        message = _("七参数“%s”过大：平移以米计，旋转以秒计，尺度以百万分率计，请核对单位。")
        raise BadInput(message % asked[:80], code="transformation-unknown")
    return numbers


@lru_cache(maxsize=4)
def _registered(geographic: int) -> tuple[DatumShift, ...]:
    """The transformations of the EPSG registry, by the region they were made for."""
    found = []
    for transformer in TransformerGroup(geographic, WGS84, always_xy=False).transformers:
        operation = CoordinateOperation.from_json(transformer.to_json())
        code = transformer.to_json_dict().get("id")
        if not code or not operation.towgs84:
            continue
        known = list(operation.towgs84)
        numbers = known + [0.0] * (SEVEN - len(known))
        area = f"（{operation.area_of_use.name}）" if operation.area_of_use else ""
        accuracy = operation.accuracy if operation.accuracy and operation.accuracy > 0 else None
        found.append(
            DatumShift(f"{code['authority']}:{code['code']}", f"{operation.name}{area}", accuracy, tuple(numbers))
        )
    return tuple(found)


def _plain(crs: CRS) -> CRS:
    return crs.source_crs if crs.is_bound and crs.source_crs else crs
