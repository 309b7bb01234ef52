"""Rivers, lakes and canals: real names, schematic courses, cut into reaches at the towns' borders."""

from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from random import Random

import numpy as np
import shapely
from shapely import LineString, MultiLineString, Point

from demo.plan import plane, sources
from demo.plan.chance import stream
from demo.plan.towns import Town, towns
from demo.plan.villages import Village, villages

CANALS = 22
CANAL_ENDINGS = ("河", "漕", "港", "浦")


@dataclass(frozen=True)
class Water:
    """A river, canal or lake; `line` is its course in degrees (for a lake, its shore)."""

    code: str
    name: str
    kind: str
    grade: str
    into: str | None
    line: LineString


@dataclass(frozen=True)
class Stretch:
    """A reach: a water within one town, in flow direction."""

    code: str
    name: str
    water: Water
    town: Town
    order: int
    line: MultiLineString
    length_m: float


@cache
def waters() -> tuple[Water, ...]:
    """The named waters first, then the small canals that end in them."""
    chance = stream("rivers")
    named = [_drawn(course, chance) for course in sources.read_json("courses.json")["waters"]]
    return (*named, *_canals([water for water in named if water.kind == "river"]))


def _drawn(course: dict, chance: Random) -> Water:
    ring = course.get("ring", False)
    curve = plane.smooth([plane.xy(*at) for at in course["points"]], closed=ring)
    line = plane.to_degrees(LineString(plane.wander(curve, course["wander_m"], chance)))
    kind = course.get("kind", "river")
    return Water(f"HS{course['code']}", course["name"], kind, course["grade"], _code(course["into"]), line)


def _code(into: str | None) -> str | None:
    return f"HS{into}" if into else None


def _canals(named: list[Water]) -> list[Water]:
    """Small canals of the plain, each from a village to the nearest river."""
    chance = stream("canals")
    known = {water.name for water in named}
    canals: list[Water] = []
    candidates = [v for v in villages() if v.is_village and v.town.kind in ("plain", "hill")]
    chance.shuffle(candidates)
    for village in candidates:
        name = f"{village.short}{CANAL_ENDINGS[len(canals) % len(CANAL_ENDINGS)]}"
        canal = _canal(f"HSC{len(canals) + 1:02d}", name, village, named, chance)
        if canal and name not in known and not name.endswith(("河河", "港港", "漕漕", "浦浦")):
            canals.append(canal)
        if len(canals) == CANALS:
            break
    return canals


def _canal(code: str, name: str, village: Village, named: list[Water], chance: Random) -> Water | None:
    """None when the village lies on a river already, or too far from any."""
    start = Point(plane.xy(*village.place))
    courses = {water.code: plane.to_plane(water.line) for water in named}
    into = min(courses, key=lambda each: courses[each].distance(start))
    course = courses[into]
    end = course.interpolate(course.project(start) + chance.uniform(200, 700))
    if not 450 < start.distance(end) < 2600:
        return None
    source = (2 * start.x - end.x + chance.uniform(-300, 300), 2 * start.y - end.y + chance.uniform(-300, 300))
    head = start if chance.random() < 0.5 else _inside(village.town, source, start)
    curve = plane.smooth(_bent((head.x, head.y), (end.x, end.y), chance), step=40)
    line = plane.to_degrees(LineString(plane.wander(curve, 14, chance)))
    return Water(code, name, "river", "town", into, line)


def _inside(town: Town, wish: tuple[float, float], otherwise: Point) -> Point:
    return Point(wish) if plane.to_plane(town.polygon).contains(Point(wish)) else otherwise


def _bent(start: plane.Point, end: plane.Point, chance: Random) -> list[plane.Point]:
    """Start, two knots off the straight line, end."""
    along = np.subtract(end, start)
    across = np.array([-along[1], along[0]])
    middle = [np.add(start, along * at) + across * chance.uniform(-0.18, 0.18) for at in (0.35, 0.7)]
    return [start, *map(tuple, middle), end]


@cache
def stretches() -> tuple[Stretch, ...]:
    return tuple(stretch for water in waters() for stretch in _cut(water))


def _cut(water: Water) -> list[Stretch]:
    """The reaches of a water, from its source on; one that returns to a town gets a number there."""
    parts = _parts(water.line)
    visits, seen = Counter(town.code for town, _ in parts), Counter[str]()
    found = []
    for order, (town, line) in enumerate(parts, start=1):
        seen[town.code] += 1
        number = "一二三四五"[seen[town.code] - 1] if visits[town.code] > 1 else ""
        name = water.name if len(parts) == 1 else f"{water.name}{town.short}{number}段"
        code = f"{water.code}-{order:02d}"
        found.append(Stretch(code, name, water, town, order, MultiLineString([line]), plane.length_m(line)))
    return found


def _parts(line: LineString, shortest_m: float = 250) -> list[tuple[Town, LineString]]:
    """Consecutive segments in one town; a scrap shorter than `shortest_m` goes with its neighbour."""
    points = shapely.get_coordinates(line)
    middles = shapely.points((points[:-1] + points[1:]) / 2)
    distances = np.array([shapely.distance(town.polygon, middles) for town in towns()])
    runs = [[town, len(list(run))] for town, run in groupby(np.argmin(distances, axis=0).tolist())]
    lengths = np.array([plane.length_m(LineString(points[i : i + 2])) for i in range(len(points) - 1)])
    runs = _without_scraps(runs, lengths, shortest_m)
    parts, start = [], 0
    for town, count in runs:
        parts.append((towns()[town], LineString(points[start : start + count + 1])))
        start += count
    return parts


def _without_scraps(runs: list[list[int]], lengths: np.ndarray, shortest_m: float) -> list[list[int]]:
    merged: list[list[int]] = []
    start = 0
    for town, count in runs:
        short = lengths[start : start + count].sum() < shortest_m
        if merged and (short or merged[-1][0] == town):
            merged[-1][1] += count
        else:
            merged.append([town, count])
        start += count
    if len(merged) > 1 and lengths[: merged[0][1]].sum() < shortest_m:
        merged[1][1] += merged.pop(0)[1]
    return merged
