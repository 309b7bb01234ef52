"""34 liaison stations with the land they serve, and their deputies with the villages that elected them."""

import math
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from random import Random

from demo.plan import people, sources
from demo.plan.chance import stream
from demo.plan.points import by_village
from demo.plan.towns import Town, towns
from demo.plan.villages import Village, villages

DEPUTIES = 200
FACILITIES = ("step_free", "private_room", "video", "terminal", "toilet")


@dataclass(frozen=True)
class Place:
    code: str
    name: str
    kind: str
    town: Town
    address: str
    phone: str
    opening_day: int
    place: tuple[float, float]
    floor: str
    indoor_m2: int
    facilities: tuple[str, ...]

    @property
    def opening(self) -> str:
        return f"每月{self.opening_day}日 08:30-11:00"


@dataclass(frozen=True)
class Person:
    code: str
    name: str
    station: str
    electoral_district: str
    occupation: str


@cache
def stations() -> tuple[Place, ...]:
    """One central station, one per town, 16 in communities and villages."""
    chance, words = stream("stations"), sources.read_json("station_words.json")
    by_name = {village.name: village for village in villages()}
    seats = [_nearest_village(town) for town in towns()]
    communities = [by_name[name] for name in words["community"]]
    central = _place("HSLZ-00", "海曙区人大代表中心联络站", "central", by_name["平桥社区"], words, chance)
    of_towns = [
        _place(f"HSLZ-{number:02d}", f"{seat.town.name}代表联络站", "town", seat, words, chance)
        for number, seat in enumerate(seats, start=1)
    ]
    local = [
        _place(f"HSLZ-{number:02d}", f"{village.short}代表联络站", "community", village, words, chance)
        for number, village in enumerate(communities, start=18)
    ]
    return (central, *of_towns, *local)


def _nearest_village(town: Town) -> Village:
    own = [village for village in villages() if village.town.code == town.code]
    return min(own, key=lambda village: math.dist(village.place, town.site))


def _place(code: str, name: str, kind: str, village: Village, words: dict, chance: Random) -> Place:
    address = f"{village.town.name}{chance.choice(words['streets'])}{chance.randrange(6, 480)}号"
    day = chance.choice((5, 10, 15, 15, 15, 20, 25))
    phone, at = people.phone(chance), by_village(village, chance)
    rooms = stream(f"rooms of {code}")  # its own stream, so that no other thing of the demo shifts
    floor, size = rooms.choice(("1层", "1层", "2层", "3层")), rooms.randrange(60, 260, 10)
    facilities = tuple(name for name in FACILITIES if rooms.random() < 0.6)
    return Place(code, name, kind, village.town, address, phone, day, at, floor, size, facilities)


@cache
def served() -> dict[str, tuple[str, ...]]:
    """Codes of the villages that each station serves, by its code: in each town, those to which it is the nearest.

    The central station serves the whole district and has no land of its own.
    """
    found: dict[str, list[str]] = {place.code: [] for place in stations() if place.kind != "central"}
    for village in villages():
        near = [place for place in stations() if place.town.code == village.town.code and place.kind != "central"]
        found[min(near, key=lambda place: math.dist(place.place, village.place)).code].append(village.code)
    return {code: tuple(codes) for code, codes in found.items()}


@cache
def constituencies() -> dict[str, tuple[str, ...]]:
    """Codes of the villages of each electoral district, by its name: a town's villages in order, shared out evenly."""
    by_town: dict[str, list[str]] = defaultdict(list)
    for village in sorted(villages(), key=lambda village: village.code):
        by_town[village.town.code].append(village.code)
    named: dict[str, dict[str, None]] = defaultdict(dict)
    for person in deputies():
        named[_town_of(person.station)][person.electoral_district] = None
    found = {}
    for town, districts in named.items():
        for number, name in enumerate(districts):
            found[name] = tuple(by_town[town][number :: len(districts)])
    return found


def _town_of(station: str) -> str:
    return next(place.town.code for place in stations() if place.code == station)


@cache
def deputies() -> tuple[Person, ...]:
    """Deputies, five or six to a station; the first of the first town's station is the demo's own."""
    chance = stream("deputies")
    names = people.Names(chance)
    found = []
    for number in range(1, DEPUTIES + 1):
        station = stations()[number % len(stations())]
        district = f"{station.town.short}第{number // len(stations()) + 1}选区"
        found.append(Person(f"HSDB-{number:03d}", names.next(), station.code, district, people.occupation(chance)))
    return tuple(found)
