"""The 17 towns: schematic polygons around the real places, clipped to the real outline of the district.

The cells are Voronoi cells whose edges are bent by a displacement of the plane, so that neighbours share every vertex:
the polygons cover the district without gaps or overlaps.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from demo.plan import plane, sources
from demo.plan.chance import stream


@dataclass(frozen=True)
class Town:
    """`kind` says how the land lies: city, plain, hill or mountain."""

    code: str
    name: str
    short: str
    kind: str
    site: tuple[float, float]
    polygon: MultiPolygon


@cache
def towns() -> tuple[Town, ...]:
    names = {row["code"]: row["name"] for row in sources.read_rows("haishu_towns_nbs.csv")}
    rows = sources.read_rows("town_sites.csv")
    sites = [(float(row["lon"]), float(row["lat"])) for row in rows]
    return tuple(
        Town(row["code"], names[row["code"]], row["short"], row["kind"], site, polygon)
        for row, site, polygon in zip(rows, sites, _cells(sites), strict=True)
    )


def _cells(sites: list[tuple[float, float]]) -> list[MultiPolygon]:
    """One polygon per site, in degrees; together they are the outline of the district."""
    bends = plane.Unevenness(stream("town borders"), (7000, 2600, 1100, 500), 0.016)
    places = np.array([plane.xy(*site) for site in sites])
    outline = sources.outline()
    edges = _edges(bends.undone(places), plane.to_plane(outline).buffer(6000))
    borders = [plane.to_degrees(bends.line(edge)) for edge in edges]
    faces = sources.polygons(shapely.polygonize(_noded([*borders, outline.boundary])))
    inside = [face for face in faces if outline.contains(face.representative_point())]
    return _grouped(inside, bends, places)


def _edges(sites: np.ndarray, around: Polygon) -> list[LineString]:
    """Voronoi edges in the unbent plane, densely drawn."""
    edges = shapely.voronoi_polygons(shapely.MultiPoint(sites), extend_to=around, only_edges=True)
    return [shapely.segmentize(edge, 80) for edge in _lines(shapely.line_merge(shapely.unary_union(edges)))]


def _noded(lines: Sequence[BaseGeometry]) -> list[LineString]:
    return _lines(shapely.unary_union(lines))


def _lines(geometry: BaseGeometry) -> list[LineString]:
    return [part for part in shapely.get_parts(geometry) if isinstance(part, LineString)]


def _grouped(faces: list[Polygon], bends: plane.Unevenness, places: np.ndarray) -> list[MultiPolygon]:
    """Each face goes to the site that is nearest where the plane is not bent."""
    flat = bends.undone(places)
    groups: list[list[Polygon]] = [[] for _ in places]
    for face in faces:
        middle = plane.to_plane(face.representative_point())
        at = bends.undone(np.array([[middle.x, middle.y]]))
        groups[int(np.argmin(np.linalg.norm(flat - at, axis=1)))].append(face)
    return [MultiPolygon(sources.polygons(shapely.unary_union(group))) for group in groups]


def town_at(lon: float, lat: float) -> Town:
    """The town that contains a place, or the nearest one just outside the district."""
    place = Point(lon, lat)
    return min(towns(), key=lambda town: town.polygon.distance(place))
