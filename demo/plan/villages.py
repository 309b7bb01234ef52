"""The 280 villages and communities: real codes and names, invented places inside their town."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from random import Random

import numpy as np
import rasterio
import shapely
from shapely import Point
from shapely.geometry.base import BaseGeometry

from demo.plan import plane, sources
from demo.plan.chance import stream
from demo.plan.towns import Town, towns

SUFFIXES = ("社区居委会", "村村委会", "居委会", "社区")


@dataclass(frozen=True)
class Village:
    code: str
    name: str
    town: Town
    place: tuple[float, float]

    @property
    def short(self) -> str:
        """The bare name: 石碶村村委会 -> 石碶."""
        for suffix in SUFFIXES:
            if self.name.endswith(suffix):
                return self.name.removesuffix(suffix)
        return self.name

    @property
    def is_village(self) -> bool:
        return self.name.endswith("村村委会")


@cache
def villages() -> tuple[Village, ...]:
    by_town: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in sources.read_rows("haishu_villages_nbs.csv"):
        by_town[row["streetCode"]].append(row)
    chance, heights = stream("villages"), Heights()
    found = []
    for town in towns():
        rows = by_town[town.code]
        places = _spread(town, len(rows), heights, chance)
        found += [Village(row["code"], row["name"], town, at) for row, at in zip(rows, places, strict=True)]
    return tuple(found)


class Heights:
    """Elevation in metres from the clip of the terrain model (EPSG:4326, 30 arc seconds)."""

    def __init__(self) -> None:
        with rasterio.open(sources.folder() / "ningbo_dem_30s.tif") as source:
            self._cells, self._inverse = source.read(1), ~source.transform

    def at(self, lon: float, lat: float) -> float:
        column, row = self._inverse @ (lon, lat)
        return max(0.0, float(self._cells[int(row), int(column)]))


def _spread(town: Town, count: int, heights: Heights, chance: Random) -> list[tuple[float, float]]:
    """Places far from each other and from the border, low ground first (best candidate of many)."""
    candidates = points_within(town, 60 * count, chance, margin_m=110)
    candidates = candidates[~shapely.intersects(_lakes(), shapely.points(candidates))]
    rim = plane.to_plane(town.polygon).boundary
    ease = np.array([1 / (1 + max(0.0, heights.at(*plane.lonlat(*at)) - 40) / 90) for at in candidates])
    room = shapely.distance(rim, shapely.points(candidates)) * 2.2
    nearest = np.minimum(room, 4 * np.sqrt(plane.to_plane(town.polygon).area / count))
    places = []
    for _ in range(count):
        best = int(np.argmax(nearest * ease))
        places.append(plane.lonlat(*candidates[best]))
        nearest = np.minimum(nearest, np.linalg.norm(candidates - candidates[best], axis=1))
    return places


@cache
def _lakes() -> BaseGeometry:
    """The lakes with a strip around them, where no village stands (metres)."""
    courses = sources.read_json("courses.json")["waters"]
    shores = [[plane.xy(*at) for at in course["points"]] for course in courses if course.get("ring")]
    return shapely.unary_union([shapely.Polygon(shore).buffer(60) for shore in shores])


def points_within(town: Town, count: int, chance: Random, *, margin_m: float) -> np.ndarray:
    """Random points (metres) inside a town, at least `margin_m` from its border."""
    area = plane.to_plane(town.polygon).buffer(-margin_m)
    west, south, east, north = area.bounds
    shapely.prepare(area)
    found: list[tuple[float, float]] = []
    while len(found) < count:
        at = chance.uniform(west, east), chance.uniform(south, north)
        if area.contains(Point(at)):
            found.append(at)
    return np.array(found)
