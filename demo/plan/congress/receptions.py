"""Three years of receptions, and those announced.

Those held add up to the five numbers that the district once published for three years of its stations: 502 sessions,
36 of them themed, 1,020 attendances of deputies, 850 visitors, 802 matters settled.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from demo.plan import people, sources
from demo.plan.calendar import moment
from demo.plan.chance import stream
from demo.plan.stations import Place, deputies, stations

SESSIONS, THEMED, ATTENDANCES, VISITORS, SETTLED = 502, 36, 1020, 850, 802
ONLINE = 48
MATTERS = 861
ANNOUNCED = 10
CAPACITY = 12
SETTLED_AFTER = (0, 0, 7, 14, 21, 28)
DAYS = 3 * 365


@dataclass(frozen=True)
class Matter:
    """What somebody brought up; `answer` and `settled_on` are empty while it is open."""

    level: str
    text: str
    answer: str = ""
    settled_on: date | None = None


@dataclass(frozen=True)
class Booked:
    name: str
    phone: str
    people: int
    topic: str


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
    matters: tuple[Matter, ...] = ()
    capacity: int = 0
    bookings: tuple[Booked, ...] = ()


def sessions(today: date) -> tuple[Session, ...]:
    chance, words = stream("receptions"), sources.read_json("station_words.json")
    own = {place.code: [p.code for p in deputies() if p.station == place.code] for place in stations()}
    turns = _turns(today, chance)
    kinds = _kinds(chance)
    attended = shared_out(ATTENDANCES, SESSIONS, chance, least=1, most=5)
    visitors = shared_out(VISITORS, SESSIONS, chance, least=0, most=7)
    matters = _brought_up(visitors)
    settled = _settled(matters, chance)
    held = [
        _session(place, day, kinds[n], words, own[place.code], attended[n], chance, True)
        for n, (place, day) in enumerate(turns)
    ]
    counted = [
        Session(
            **{**vars(session), "visitors": visitors[n], "matters": _matters(today, n, session, matters[n], settled[n])}
        )
        for n, session in enumerate(held)
    ]
    return (*counted, *_announced(today, words, own, chance))


def _turns(today: date, chance: Random) -> list[tuple[Place, date]]:
    """Which station receives on which of its opening days of the last three years, evenly spread."""
    rows = -(-SESSIONS // len(stations()))
    free = {place.code: _opening_days(place, today) for place in stations()}
    turns = []
    for number in range(SESSIONS):
        place = stations()[number % len(stations())]
        back = DAYS * (1 - (number // len(stations()) + chance.uniform(0.1, 0.95)) / rows)
        days, latest = free[place.code], today - timedelta(days=1 + round(back))
        day = max((day for day in days if day <= latest), default=days[0])
        days.remove(day)
        turns.append((place, day))
    return turns


def _opening_days(place: Place, today: date) -> list[date]:
    """The opening days of the last three years, the first one first."""
    days = (today - timedelta(days=back) for back in range(DAYS, 0, -1))
    return [day for day in days if day.day == place.opening_day]


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
        session = _session(place, day, kind, words, own[place.code], 2, chance, False)
        found.append(Session(**{**vars(session), "capacity": CAPACITY, "bookings": _bookings(place.code)}))
    return found


def _matters(today: date, number: int, session: Session, count: int, settled: int) -> tuple[Matter, ...]:
    """What was brought up at a session, of a stream of its own; the first ones are settled within weeks."""
    chance = stream(f"matters of session {number}")
    rows = chance.sample(sources.read_json("station_words.json")["matters"], count)
    day = session.starts_at.date()
    closed = [
        Matter(level, text, answer, min(today, day + timedelta(days=chance.choice(SETTLED_AFTER))))
        for level, text, answer in rows
    ]
    return tuple(row if n < settled else Matter(row.level, row.text) for n, row in enumerate(closed))


def _bookings(code: str) -> tuple[Booked, ...]:
    chance, words = stream(f"bookings at {code}"), sources.read_json("station_words.json")
    names = people.Names(chance)
    return tuple(
        Booked(names.next(), people.phone(chance), chance.choice((1, 1, 1, 2)), chance.choice(words["topics"]))
        for _ in range(chance.randrange(0, 6))
    )


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


def _brought_up(visitors: list[int]) -> list[int]:
    """Each visitor brings up one matter, some bring two; where nobody came, nothing was brought up."""
    chance, matters = stream("matters brought up"), list(visitors)
    for n in chance.sample([n for n, count in enumerate(visitors) if count], MATTERS - sum(visitors)):
        matters[n] += 1
    return matters


def _settled(matters: list[int], chance: Random) -> list[int]:
    """All but the last few matters are settled; never more than came in."""
    settled = list(matters)
    for _ in range(MATTERS - SETTLED):
        settled[chance.choice([n for n, count in enumerate(settled) if count])] -= 1
    return settled
