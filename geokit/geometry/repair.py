"""Make every geometry valid, Multi, two-dimensional and WGS 84 - or say why it cannot be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from pyproj import CRS

from geokit.crs import gcj02
from geokit.crs.systems import to_wgs84
from geokit.geometry.moved import XY, moved
from geokit.records.rows import Issue
from geokit.wording import gettext as _

POINT, LINE, POLYGON = "MultiPoint", "MultiLineString", "MultiPolygon"
MULTI_OF = {0: POINT, 1: LINE, 2: LINE, 3: POLYGON, 4: POINT, 5: LINE, 6: POLYGON}
SHAPELY_MULTI = {POINT: shapely.GeometryType.MULTIPOINT, LINE: shapely.GeometryType.MULTILINESTRING,
                 POLYGON: shapely.GeometryType.MULTIPOLYGON}  # fmt: skip
MAKE_MULTI: Mapping[str, Callable[..., np.ndarray]] = {
    POINT: shapely.multipoints, LINE: shapely.multilinestrings, POLYGON: shapely.multipolygons
}  # fmt: skip
PARTS = {POINT: (0, 4), LINE: (1, 2, 5), POLYGON: (3, 6)}
CHINESE_NAMES = {POINT: "点", LINE: "线", POLYGON: "面"}
AREA_CHANGE = 0.01
WGS84 = CRS.from_epsg(4326)
POLICIES = ("repair", "skip", "refuse")


def family_of_name(ogr_name: str) -> str | None:
    """The Multi type that GDAL's geometry type name calls for; None when it may be anything."""
    name = ogr_name.replace("2.5D ", "").replace("Measured ", "").replace("3D ", "").split(" ")[0].lower()
    if "point" in name:
        return POINT
    if "line" in name or name == "curve" or name == "multicurve":
        return LINE
    return POLYGON if "polygon" in name or "surface" in name else None


def count_families(geometries: np.ndarray) -> dict[str, int]:
    """How many of `geometries` have parts of each Multi type; a collection may count for several."""
    kinds = shapely.get_type_id(geometries)
    counts = {family: int(np.isin(kinds, codes).sum()) for family, codes in PARTS.items()}
    for index in np.flatnonzero(kinds == shapely.GeometryType.GEOMETRYCOLLECTION):
        for family in counts:
            counts[family] += parts_of(geometries[index], family) is not None
    return {family: count for family, count in counts.items() if count}


def commonest_family(geometries: np.ndarray) -> str | None:
    """The Multi type most of `geometries` belong to."""
    counts: dict[str, int] = {}
    for kind in shapely.get_type_id(geometries):
        if name := MULTI_OF.get(int(kind)):
            counts[name] = counts.get(name, 0) + 1
    return max(counts, key=counts.__getitem__) if counts else None


@dataclass(slots=True)
class Cleaned:
    """The result for one batch: `geometry` is None where the row is rejected."""

    geometry: np.ndarray
    placed: np.ndarray
    """Every row where it lies in WGS 84, also those that are rejected afterwards."""
    originals: dict[int, Any] = field(default_factory=dict)
    """Geometry before repair (WGS 84, 2-D), by index."""
    issues: list[Issue] = field(default_factory=list)
    elsewhere: set[int] = field(default_factory=set)
    """Rows of another kind, where each kind becomes a layer of its own."""


@dataclass(frozen=True, slots=True)
class Cleaner:
    """How the geometries of one source become what is stored."""

    crs: CRS
    family: str
    datum: str = "wgs84"
    swap_axes: bool = False
    policy: str = "repair"
    others_elsewhere: bool = False
    """Rows of another kind belong to another layer of the same file, and are no rejections."""

    def clean(self, geometries: np.ndarray, first_row: int, already: set[int]) -> Cleaned:
        """Clean a batch. `already` holds indexes that have been rejected before."""
        flat = _flat(geometries)
        result = Cleaned(flat, flat)
        for index in np.flatnonzero(shapely.is_missing(geometries)):
            if int(index) not in already:
                result.issues.append(_issue(first_row, index, "geometry-missing", _("这一行没有图形。")))
        self._reject(
            result,
            first_row,
            _present(result) & shapely.is_empty(result.geometry),
            "geometry-empty",
            _("图形是空的，没有坐标。"),
        )
        self._move_to_wgs84(result, first_row)
        result.placed = result.geometry.copy()
        self._fit_family(result, first_row)
        self._make_valid(result, first_row)
        return result

    def _reject(self, result: Cleaned, first_row: int, bad: np.ndarray, code: str, reason: str) -> None:
        for index in np.flatnonzero(bad):
            result.issues.append(_issue(first_row, index, code, reason))
        result.geometry[bad] = None

    def _move_to_wgs84(self, result: Cleaned, first_row: int) -> None:
        present = np.flatnonzero(_present(result))
        if not len(present):
            return
        if move := self._coordinates():
            result.geometry[present] = moved(result.geometry[present], move)
        bounds = shapely.bounds(result.geometry)
        in_world = (bounds[:, 0] >= -180) & (bounds[:, 2] <= 180) & (bounds[:, 1] >= -90) & (bounds[:, 3] <= 90)
        bad = _present(result) & ~(np.isfinite(bounds).all(axis=1) & in_world)
        reason = _("坐标换算到 WGS 84 后不在地球范围内，请核对坐标系。")
        self._reject(result, first_row, bad, "coordinates-impossible", reason)

    def _coordinates(self) -> XY | None:
        """What turns the source's coordinates into WGS 84; None where they are that already."""
        if self.datum == "wgs84" and not self.swap_axes and self.crs == WGS84:
            return None
        transformer = to_wgs84(self.crs)
        undo_offset = gcj02.to_wgs84_from(self.datum)

        def move(x: np.ndarray, y: np.ndarray) -> tuple[Any, Any]:
            lng, lat = transformer.transform(*((y, x) if self.swap_axes else (x, y)))
            return undo_offset(lng, lat) if undo_offset else (lng, lat)

        return move

    def _fit_family(self, result: Cleaned, first_row: int) -> None:
        """Single parts become Multi; collections keep their parts of the layer's type."""
        kinds = shapely.get_type_id(result.geometry)
        other = _present(result) & ~np.isin(kinds, PARTS[self.family])
        for index in np.flatnonzero(kinds == shapely.GeometryType.GEOMETRYCOLLECTION):
            kept = parts_of(result.geometry[index], self.family)
            other[index] = kept is None
            if kept is not None:
                self._tell_lost_parts(result, first_row, int(index), kept)
                result.geometry[index] = kept
        if self.others_elsewhere:
            result.elsewhere = set(map(int, np.flatnonzero(other)))
            result.geometry[other] = None
        other &= _present(result)
        reason = _("这一行的图形类型与图层（%(family)s）不同。") % {"family": CHINESE_NAMES[self.family]}
        self._reject(result, first_row, other, "geometry-type-differs", reason)
        result.geometry = _as_multi(result.geometry, self.family)

    def _tell_lost_parts(self, result: Cleaned, first_row: int, index: int, kept: Any) -> None:
        """Say that a collection also holds parts of other kinds, where no other layer takes them."""
        parts = shapely.get_parts(shapely.get_parts(result.geometry[index]))
        if self.others_elsewhere or len(parts) == len(shapely.get_parts(kept)):
            return
        reason = _("图形是混合集合，只保留了其中的%(family)s。") % {"family": CHINESE_NAMES[self.family]}
        result.issues.append(_issue(first_row, index, "parts-left-out", reason, rejected=False))

    def _make_valid(self, result: Cleaned, first_row: int) -> None:
        invalid = np.flatnonzero(_present(result) & ~shapely.is_valid(result.geometry))
        for index in invalid:
            why = shapely.is_valid_reason(result.geometry[index])
            if self.policy != "repair":
                result.issues.append(
                    _issue(first_row, index, "geometry-invalid", _("图形无效：%(why)s。") % {"why": why})
                )
                result.geometry[index] = None
                continue
            self._repair(result, first_row, int(index), why)

    def _repair(self, result: Cleaned, first_row: int, index: int, why: str) -> None:
        original = result.geometry[index]
        repaired = parts_of(shapely.make_valid(original, method="structure", keep_collapsed=False), self.family)
        if repaired is None:
            result.issues.append(
                _issue(first_row, index, "geometry-unrepairable", _("图形无效且无法修复：%(why)s。") % {"why": why})
            )
            result.geometry[index] = None
            return
        result.originals[index] = original
        result.geometry[index] = repaired
        result.issues.append(
            _issue(
                first_row, index, "geometry-repaired", _("图形已修复，原因：%(why)s。") % {"why": why}, rejected=False
            )
        )
        change = _relative_change(original, repaired)
        if change > AREA_CHANGE:
            reason = _("修复使面积变化了 %(change)s，请人工核对。") % {"change": f"{change:.1%}"}
            result.issues.append(_issue(first_row, index, "area-changed", reason, rejected=False))


def _flat(geometries: np.ndarray) -> np.ndarray:
    """A new array of the same geometries without Z and M."""
    if (shapely.has_z(geometries) | shapely.has_m(geometries)).any():
        geometries = shapely.force_2d(geometries)
        return geometries
    return geometries.copy()


def _present(result: Cleaned) -> np.ndarray:
    missing: np.ndarray = shapely.is_missing(result.geometry)
    return ~missing


def _issue(first_row: int, index: Any, code: str, reason: str, *, rejected: bool = True) -> Issue:
    return Issue(first_row + int(index), "geom", code, reason, rejected)


def parts_of(geometry: Any, family: str) -> Any:
    """The parts of a collection that belong to `family`, as one Multi; None when there are none."""
    if geometry is None or geometry.is_empty:
        return None
    flat = shapely.get_parts(shapely.get_parts(geometry))
    single = [part for part in flat if shapely.get_type_id(part) in PARTS[family] and not part.is_empty]
    return _as_multi(np.array([shapely.GeometryCollection(single)], object), family)[0] if single else None


def _as_multi(geometries: np.ndarray, family: str) -> np.ndarray:
    """Every geometry as `family`; None stays None."""
    kind = SHAPELY_MULTI[family]
    kinds = shapely.get_type_id(geometries)
    out = geometries.copy()
    single = np.flatnonzero((kinds >= 0) & (kinds != kind))
    if not len(single):
        return out
    make = MAKE_MULTI[family]
    parts, owners = shapely.get_parts(geometries[single], return_index=True)
    out[single] = make(parts, indices=owners)
    return out


def _relative_change(before: Any, after: Any) -> float:
    """Change of area as a share of the larger of the two; a ring that crosses itself may count as nearly none."""
    areas = abs(shapely.area(before)), abs(shapely.area(after))
    return (max(areas) - min(areas)) / max(areas) if max(areas) > 0 else 0.0
