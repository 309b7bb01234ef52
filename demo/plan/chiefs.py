"""Who answers for the demo's waters: invented chiefs of the levels that a water of its grade has."""

from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from shapely import Point

from demo.plan import people, plane
from demo.plan.chance import stream
from demo.plan.rivers import Stretch, Water, stretches, waters
from demo.plan.villages import Village, villages

VILLAGE_M = 900
MOST_VILLAGES = 3


@dataclass(frozen=True)
class Answering:
    """One person: for a whole water, for one stretch of it, or for a village's part of the stretch."""

    water: str
    stretch: str
    village: str
    level: str
    duty: str
    name: str
    post: str
    public_phone: str
    mobile: str

    def given(self) -> dict[str, Any]:
        """What the model calls the same."""
        names = ("level", "duty", "name", "post", "public_phone", "mobile")
        return {name: getattr(self, name) for name in names}


@cache
def chiefs() -> tuple[Answering, ...]:
    chance = stream("river chiefs")
    names = people.Names(chance)
    found = [
        _person(names, chance, water.code, "", "", *role) for water in waters() for role in _of_water(water, chance)
    ]
    for stretch in stretches():
        found += _of_stretch(stretch, names, chance)
    return tuple(found)


def _of_water(water: Water, chance: Random) -> list[tuple[str, str, str]]:
    """City rivers have a chief of the city, all but town rivers one of the district."""
    city = [("city", "chief", people.post_of("city", chance))] if water.grade == "city" else []
    district = [("county", "chief", people.post_of("district", chance))] if water.grade != "town" else []
    return city + district


def _of_stretch(stretch: Stretch, names: people.Names, chance: Random) -> list[Answering]:
    town = stretch.town.short
    roles = [
        ("town", "chief", people.chief_post(stretch.town, chance)),
        ("town", "police", f"{town}{people.post_of('police', chance)}"),
        ("town", "cleaner", ""),
    ]
    found = [_person(names, chance, stretch.water.code, stretch.code, "", *role) for role in roles]
    for village in _villages_along(stretch):
        post = people.post_of("village" if village.is_village else "community", chance)
        role = ("village", "chief", f"{village.short}{post}")
        found.append(_person(names, chance, stretch.water.code, stretch.code, village.code, *role))
    return found


def _villages_along(stretch: Stretch) -> list[Village]:
    line = plane.to_plane(stretch.line)
    near = [(line.distance(Point(plane.xy(*v.place))), v) for v in villages() if v.town == stretch.town]
    close = sorted((pair for pair in near if pair[0] < VILLAGE_M), key=lambda pair: (pair[0], pair[1].code))
    return [village for _, village in close[:MOST_VILLAGES]]


def _person(
    names: people.Names, chance: Random, water: str, stretch: str, village: str, level: str, duty: str, post: str
) -> Answering:
    return Answering(
        water, stretch, village, level, duty, names.next(), post, people.phone(chance), people.mobile(chance)
    )


def ends_of(stretch: Stretch) -> tuple[str, str]:
    """Where a stretch begins and ends, in words; nothing for the shore of a lake."""
    water = stretch.water
    if water.kind == "lake":
        return "", ""
    of_water = [each for each in stretches() if each.water is water]
    before = next((each for each in of_water if each.order == stretch.order - 1), None)
    after = next((each for each in of_water if each.order == stretch.order + 1), None)
    into = next((each.name for each in waters() if each.code == water.into), "")
    begins = f"{before.town.short}与{stretch.town.short}交界" if before else f"{stretch.town.short}起点"
    if after:
        return begins, f"{stretch.town.short}与{after.town.short}交界"
    return begins, f"汇入{into}处" if into else f"{stretch.town.short}出境处"
