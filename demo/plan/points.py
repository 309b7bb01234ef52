"""Where the demo samples: 25 sections on the named waters and 96 small waters by the villages."""

import math
from dataclasses import dataclass
from functools import cache
from random import Random

import numpy as np
from shapely import Point
from shapely.ops import nearest_points

from demo.plan import plane, sources
from demo.plan.chance import stream
from demo.plan.chemistry import Habit
from demo.plan.rivers import Stretch, stretches, waters
from demo.plan.towns import Town, town_at
from demo.plan.villages import Village, villages

SMALL_WATERS = 96
SMALL_TARGET = 5  # 剿灭劣Ⅴ类: class V or better
NEAR_A_RIVER_M = 700


@dataclass(frozen=True)
class Place:
    """A monitoring point before anything was measured there."""

    code: str
    name: str
    kind: str
    water: str
    place: tuple[float, float]
    town: Town
    village: Village | None
    stretch: Stretch | None
    department: str
    target: int
    habit: Habit
    quality: float | None = None  # None: nothing was ever measured here
    trend: float = 0.0
    causes: str = ""
    plan: str = ""


@cache
def sections() -> tuple[Place, ...]:
    by_code = {water.code: water for water in waters()}
    places = []
    for row in sources.read_rows("sections.csv"):
        water = by_code[f"HS{row['river']}"]
        at = water.line.interpolate(float(row["along"]), normalized=True)
        town, place = _inside(at)
        lake = water.kind == "lake"
        habit = Habit(lake, ("tp", "tn") if lake else ("nh3n", "tp"), full=True)
        places.append(
            Place(
                row["code"],
                row["name"],
                row["kind"],
                water.kind,
                place,
                town,
                None,
                _nearest_stretch(place, [s for s in stretches() if s.water is water])[0],
                "ecology",
                int(row["target"]),
                habit,
                float(row["quality"]) if row["quality"] else None,
                float(row["trend"] or 0),
            )
        )
    return tuple(places)


def _inside(at: Point) -> tuple[Town, tuple[float, float]]:
    """The town of a place and the place itself, moved on to the bank where the river runs along the border."""
    town = town_at(at.x, at.y)
    area = plane.to_plane(town.polygon).buffer(-15)
    spot = nearest_points(area, plane.to_plane(at))[0]
    return town, plane.lonlat(spot.x, spot.y)


def _nearest_stretch(place: tuple[float, float], choice: list[Stretch]) -> tuple[Stretch, float]:
    """The nearest reach and its distance in metres."""
    at = Point(plane.xy(*place))
    distances = [plane.to_plane(stretch.line).distance(at) for stretch in choice]
    best = int(np.argmin(distances))
    return choice[best], distances[best]


@cache
def small_waters() -> tuple[Place, ...]:
    """Small waters by 96 villages of the plain and the hills, few in the city and the mountains."""
    chance, words = stream("small waters"), sources.read_json("small_waters.json")
    share = {"plain": 1.0, "hill": 0.45, "city": 0.22, "mountain": 0.18}
    ranked = sorted(villages(), key=lambda v: chance.random() ** (1 / share[v.town.kind]), reverse=True)
    chosen = sorted(ranked[:SMALL_WATERS], key=lambda village: village.code)
    return tuple(_small(number, village, words, chance) for number, village in enumerate(chosen, start=1))


def _small(number: int, village: Village, words: dict, chance: Random) -> Place:
    pond = number % 8 == 0
    name = village.short + chance.choice(words["ponds" if pond else "endings"])
    place = by_village(village, chance)
    stretch, distance = _nearest_stretch(place, list(stretches()))
    driver = chance.choice(words["drivers"])
    numbers = {
        "n": chance.randrange(12, 90),
        "m": chance.randrange(8, 60) * 10,
        "k": chance.randrange(2, 7),
        "c": chance.randrange(6, 80) * 100,
    }
    return Place(
        f"HS-W{number:03d}",
        name,
        "small",
        "lake" if pond else "river",
        place,
        village.town,
        village,
        stretch if distance < NEAR_A_RIVER_M else None,
        _department(village, driver["key"], chance),
        SMALL_TARGET,
        Habit(pond, ("tp", "tn") if pond else tuple(driver["lead"]), full=False),
        causes=chance.choice(driver["causes"]).format(**numbers),
        plan=driver["plan"].format(**numbers),
    )


def by_village(village: Village, chance: Random) -> tuple[float, float]:
    """A place 60 to 260 m from a village, inside its town."""
    area = plane.to_plane(village.town.polygon).buffer(-20)
    x, y = plane.xy(*village.place)
    while True:
        angle, far = chance.uniform(0, math.tau), chance.uniform(60, 260)
        spot = Point(x + far * math.cos(angle), y + far * math.sin(angle))
        if area.contains(spot):
            return plane.lonlat(spot.x, spot.y)


def _department(village: Village, driver: str, chance: Random) -> str:
    """Who is responsible: the water bureau most often, else the town or the bureau of the cause."""
    bureau = {"sewage": "housing", "stagnant": "water", "farming": "agriculture", "industry": "ecology"}[driver]
    town = f"town-{village.town.code}"
    return chance.choices(["water", town, bureau], [0.45, 0.35, 0.20])[0]
