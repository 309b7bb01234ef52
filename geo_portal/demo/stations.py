"""34 liaison stations, their deputies, and three years of receptions.

The receptions held add up to the five numbers that the district once published for three years of its stations:
502 sessions, 36 of them themed, 1,020 attendances of deputies, 850 visitors, 802 matters settled.
"""

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from random import Random

from geo_portal.demo import people, sources
from geo_portal.demo.calendar import moment
from geo_portal.demo.chance import stream
from geo_portal.demo.points import by_village
from geo_portal.demo.towns import Town, towns
from geo_portal.demo.villages import Village, villages

SESSIONS, THEMED, ATTENDANCES, VISITORS, SETTLED = 502, 36, 1020, 850, 802
ONLINE = 48
MATTERS = 861
ANNOUNCED = 10
DEPUTIES = 200
DAYS = 3 * 365


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


@dataclass(frozen=True)
class Session:
    station: str
    kind: str
    theme: str
    starts_at: datetime
    ends_at: datetime
    deputies: tuple[str, ...]
    held: bool
    visitors: int = 0
    matters: int = 0
    settled: int = 0


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
    return Place(code, name, kind, village.town, address, people.phone(chance), day, by_village(village, chance))


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


def sessions(today: date) -> tuple[Session, ...]:
    chance, words = stream("receptions"), sources.read_json("station_words.json")
    own = {place.code: [p.code for p in deputies() if p.station == place.code] for place in stations()}
    turns = _turns(today, chance)
    kinds = _kinds(chance)
    attended = shared_out(ATTENDANCES, SESSIONS, chance, least=1, most=5)
    visitors = shared_out(VISITORS, SESSIONS, chance, least=0, most=7)
    matters = shared_out(MATTERS, SESSIONS, chance, least=0, most=6)
    settled = _settled(matters, chance)
    held = [
        _session(place, day, kinds[n], words, own[place.code], attended[n], chance, True)
        for n, (place, day) in enumerate(turns)
    ]
    counted = [
        Session(**{**vars(session), "visitors": visitors[n], "matters": matters[n], "settled": settled[n]})
        for n, session in enumerate(held)
    ]
    return (*counted, *_announced(today, words, own, chance))


def _turns(today: date, chance: Random) -> list[tuple[Place, date]]:
    """Which station receives on which of its opening days of the last three years, evenly spread."""
    rows = -(-SESSIONS // len(stations()))
    taken: set[tuple[str, date]] = set()
    turns = []
    for number in range(SESSIONS):
        place = stations()[number % len(stations())]
        back = DAYS * (1 - (number // len(stations()) + chance.uniform(0.1, 0.95)) / rows)
        day = _opening_day(place, today - timedelta(days=1 + round(back)))
        while (place.code, day) in taken:
            day = _opening_day(place, day - timedelta(days=1))
        taken.add((place.code, day))
        turns.append((place, day))
    return turns


def _opening_day(place: Place, latest: date) -> date:
    """The last opening day of the station up to `latest`."""
    day = latest.replace(day=place.opening_day)
    return day if day <= latest else (day.replace(day=1) - timedelta(days=1)).replace(day=place.opening_day)


def _kinds(chance: Random) -> list[str]:
    kinds = ["themed"] * THEMED + ["online"] * ONLINE + ["routine"] * (SESSIONS - THEMED - ONLINE)
    chance.shuffle(kinds)
    return kinds


def _session(
    place: Place, day: date, kind: str, words: dict, own: list[str], count: int, chance: Random, held: bool
) -> Session:
    theme = chance.choice(words["themes"]) if kind == "themed" else ""
    starts_at = moment(day, 14 if kind == "online" else 8, 30)
    length = timedelta(hours=2, minutes=chance.choice((0, 30, 30)))
    return Session(place.code, kind, theme, starts_at, starts_at + length, tuple(chance.sample(own, count)), held)


def _announced(today: date, words: dict, own: dict[str, list[str]], chance: Random) -> list[Session]:
    found: list[Session] = []
    for place in chance.sample(list(stations()), ANNOUNCED):
        month = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
        day = today.replace(day=place.opening_day)
        day = day if day > today else month.replace(day=place.opening_day)
        kind = "themed" if len(found) % 4 == 0 else "routine"
        found.append(_session(place, day, kind, words, own[place.code], 2, chance, False))
    return found


def shared_out(total: int, count: int, chance: Random, *, least: int, most: int) -> list[int]:
    """`count` whole numbers from `least` to `most` that add up to `total`.

    >>> shares = shared_out(20, 8, stream("doctest"), least=1, most=4)
    >>> sum(shares), len(shares), min(shares) >= 1, max(shares) <= 4
    (20, 8, True, True)
    """
    shares = [least] * count
    for _ in range(total - sum(shares)):
        open_ones = [n for n in (chance.randrange(count) for _ in range(3)) if shares[n] < most]
        n = open_ones[0] if open_ones else next(n for n, share in enumerate(shares) if share < most)
        shares[n] += 1
    return shares


def _settled(matters: list[int], chance: Random) -> list[int]:
    """All but the last few matters are settled; never more than came in."""
    settled = list(matters)
    for _ in range(MATTERS - SETTLED):
        settled[chance.choice([n for n, count in enumerate(settled) if count])] -= 1
    return settled
