"""Findings of deputies, and the suggestions that grew out of them, in every state.

The steps follow the table in `supervision.workflow` and the clocks in `supervision.clocks`.
"""

import uuid
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random

from geo_portal.demo import sources
from geo_portal.demo.calendar import moment
from geo_portal.demo.chance import SEED, stream
from geo_portal.demo.points import by_village, small_waters
from geo_portal.demo.projects import Plan, projects
from geo_portal.demo.villages import villages
from supervision import clocks

AUTHORS = 12
NAMESPACE = uuid.UUID(int=SEED)


@dataclass(frozen=True)
class Seen:
    """A finding. `about` is what it is attached to: ("point", code), ("project", code) or nothing."""

    client_id: uuid.UUID
    author: int
    category: str
    title: str
    text: str
    place: tuple[float, float]
    town_code: str
    address: str
    about: tuple[str, str] | None
    department: str
    seen_at: datetime
    photos: tuple[str, ...]


@dataclass(frozen=True)
class Event:
    """`who` is author, staff or officer (of `department`)."""

    verb: str
    at: datetime
    who: str
    department: str = ""
    text: str = ""
    result: str = ""
    handling: str = ""
    outcome: str = ""
    due_on: date | None = None


@dataclass(frozen=True)
class Matter:
    """A suggestion and the finding that it grew out of; like filing, the demo never makes one without the other."""

    seen: Seen
    events: tuple[Event, ...]
    number: str = ""


@dataclass
class Course:
    """How a matter goes: days since it was submitted, and how far it came."""

    name: str
    age: tuple[int, int]
    count: int
    steps: tuple[str, ...] = field(default_factory=tuple)


COURSES = (
    Course("submitted", (1, 6), 5),
    Course("assigned", (8, 60), 8, ("assign",)),
    Course("overdue", (102, 128), 4, ("assign", "urge")),
    Course("returned", (9, 14), 2, ("assign", "return")),
    Course("reassigned", (40, 70), 2, ("assign", "return", "assign")),
    Course("replied", (40, 90), 8, ("assign", "reply")),
    Course("redo", (75, 95), 3, ("assign", "reply", "reopen")),
    Course("redo-overdue", (135, 150), 1, ("assign", "reply", "reopen", "urge")),
    Course("closed", (120, 1000), 24, ("assign", "reply", "rate")),
    Course("redone", (200, 900), 5, ("assign", "reply", "reopen", "reply", "rate")),
)


def findings_and_matters(today: date) -> tuple[tuple[Seen, ...], tuple[Matter, ...]]:
    """Every filed finding, and the suggestion that each became."""
    chance, words = stream("matters"), sources.read_json("matters.json")
    subjects = _Subjects(words, today, chance)
    matters = []
    for course in COURSES:
        for number in range(course.count):
            seen = subjects.next(today - timedelta(days=chance.randint(*course.age)), own=number % 3 == 0)
            matters.append(Matter(seen, _events(course, seen, words, today, chance)))
    filed = [matter.seen for matter in matters]
    return tuple(sorted(filed, key=lambda each: each.seen_at)), _numbered(matters)


def _numbered(matters: list[Matter]) -> tuple[Matter, ...]:
    """Numbers by year in the order of submission: 2026-00017."""
    counts: dict[int, int] = {}
    found = []
    for matter in sorted(matters, key=lambda each: each.events[0].at):
        year = matter.events[0].at.year
        counts[year] = counts.get(year, 0) + 1
        found.append(replace(matter, number=f"{year}-{counts[year]:05d}"))
    return tuple(found)


class _Subjects:
    """Hands out what is seen next: waters most often, then projects, then the street."""

    def __init__(self, words: dict, today: date, chance: Random) -> None:
        self._words, self._chance, self.count = words, chance, 0
        self._waters = list(small_waters())
        chance.shuffle(self._waters)
        self._waters.sort(key=lambda place: place.department != "water")  # stable: the demo officer's own come first
        self._projects = [plan for plan in projects(today) if plan.status in ("building", "supervised", "rated")]

    def next(self, day: date, *, own: bool = False) -> Seen:
        """Something seen on `day`; `own` asks for a water of the demo officer's bureau by the demo deputy."""
        self.count += 1
        turn = 0 if own else self.count % 5
        about = self._water(own) if turn < 2 else self._project(day) if turn == 2 else self._street()
        author = 0 if own else self._chance.randrange(AUTHORS)
        at = moment(day, self._chance.randrange(8, 18), self._chance.randrange(60))
        photos = self._pictures(about.pop("scene"))
        client_id = uuid.uuid5(NAMESPACE, f"finding {self.count}")
        return Seen(client_id=client_id, author=author, seen_at=at, photos=photos, **about)

    def _pictures(self, scene: str) -> tuple[str, ...]:
        count = self._chance.choice((1, 1, 2))
        return tuple(f"{scene}-{n}.jpg" for n in self._chance.sample(range(1, 7), count))

    def _said(self, kind: str, place: str) -> dict:
        template = self._chance.choice(self._words[kind])
        text = template["text"].format(place=place, n=self._chance.randrange(5, 60))
        return {"title": template["title"].format(place=place), "text": text, "category": template["category"]}

    def _water(self, own: bool) -> dict:
        place = self._waters.pop(0 if own else -1)
        return self._said("point_findings", place.name) | {
            "place": place.place,
            "town_code": place.town.code,
            "address": f"{place.town.name}{place.name}",
            "about": ("point", place.code),
            "department": place.department,
            "scene": "before",
        }

    def _project(self, day: date) -> dict:
        plan: Plan = self._chance.choice([each for each in self._projects if each.starts_on <= day] or self._projects)
        return self._said("project_findings", plan.name) | {
            "place": plan.place,
            "town_code": plan.town.code,
            "address": plan.address,
            "about": ("project", plan.code),
            "department": plan.lead,
            "scene": "site",
        }

    def _street(self) -> dict:
        village = self._chance.choice(villages())
        template = self._chance.choice(self._words["free_findings"])
        return {
            "title": template["title"].format(place=village.short),
            "text": template["text"].format(place=village.short, n=self._chance.randrange(5, 40)),
            "category": template["category"],
            "place": by_village(village, self._chance),
            "town_code": village.town.code,
            "address": f"{village.town.name}{village.short}",
            "about": None,
            "department": template["department"],
            "scene": "street",
        }


def _events(course: Course, seen: Seen, words: dict, today: date, chance: Random) -> tuple[Event, ...]:
    at = seen.seen_at + timedelta(hours=chance.randrange(1, 5))
    return _Chain(seen, words, today, chance).run(Event("submitted", at, "author", text=seen.text), course.steps)


class _Chain:
    """Takes the steps of one matter one after the other, each with its own wait and its own clock."""

    def __init__(self, seen: Seen, words: dict, today: date, chance: Random) -> None:
        self._seen, self._words, self._today, self._chance = seen, words, today, chance
        self._due_on: date | None = None
        self._result = ""
        self._last = 0
        self._rounds = 0

    def run(self, first: Event, steps: tuple[str, ...]) -> tuple[Event, ...]:
        events = [first]
        for step in steps:
            events.append(getattr(self, f"_{step}")(events[-1].at.date()))
        return tuple(events)

    def _at(self, after: date, least: int, most: int) -> datetime:
        day = after + timedelta(days=self._chance.randint(least, most))
        return moment(
            min(day, self._today - timedelta(days=1)), self._chance.randrange(9, 17), self._chance.randrange(60)
        )

    def _assign(self, after: date) -> Event:
        at = self._at(after, 1, 4)
        self._due_on = clocks.reply_due_on(at.date())
        return Event("assigned", at, "staff", self._seen.department, due_on=self._due_on)

    def _return(self, after: date) -> Event:
        text = self._chance.choice(self._words["return_texts"])
        return Event("returned", self._at(after, 2, 4), "officer", self._seen.department, text)

    def _reply(self, after: date) -> Event:
        self._rounds += 1
        self._result = self._chance.choices("ABCD", (60, 28, 8, 4))[0] if self._rounds == 1 else "A"
        at = self._at(after, 9, 22) if self._rounds > 1 else self._at(after, 18, 34)
        text = self._chance.choice(self._words["replies"][self._result])
        return Event("replied", at, "officer", self._seen.department, text, self._result, due_on=self._due_on)

    def _reopen(self, after: date) -> Event:
        at = self._at(after, 3, 10)
        self._due_on = clocks.redo_due_on(at.date())
        text = self._chance.choice(self._words["redo_texts"])
        return Event(
            "reopened",
            at,
            "author",
            self._seen.department,
            text,
            handling="fairly",
            outcome="dissatisfied",
            due_on=self._due_on,
        )

    def _rate(self, after: date) -> Event:
        handling = self._chance.choice(("satisfied", "satisfied", "satisfied", "fairly"))
        outcome = "satisfied" if self._result == "A" else "fairly"
        text = self._chance.choice(self._words["rated_texts"])
        return Event("rated", self._at(after, 2, 12), "author", text=text, handling=handling, outcome=outcome)

    def _urge(self, after: date) -> Event:
        late = bool(self._due_on and self._due_on < self._today - timedelta(days=2))
        base = self._due_on + timedelta(days=1) if late and self._due_on else after
        text = self._words["urge_texts"][1 if late else 0]
        return Event("urged", self._at(base, 0, 3), "staff", self._seen.department, text, due_on=self._due_on)
