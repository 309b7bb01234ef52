"""Findings of deputies, and the suggestions that grew out of them, in every state.

The steps follow the table in `supervision.matters.table` and the clocks in `supervision.deadlines.clocks`.
"""

import uuid
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from demo.plan import sources
from demo.plan.calendar import moment
from demo.plan.chance import SEED, stream
from demo.plan.course import Course, Event, Matter, Seen, events_of, other_department
from demo.plan.points import by_village, small_waters
from demo.plan.projects import Plan, projects
from demo.plan.villages import villages
from supervision.deadlines import clocks

AUTHORS = 12
NAMESPACE = uuid.UUID(int=SEED)


COURSES = (
    Course("submitted", (1, 6), 5),
    Course("assigned", (8, 60), 8, ("assign",)),
    Course("overdue", (102, 128), 4, ("assign", "urge")),
    Course("returned", (9, 14), 2, ("assign", "ask_return", "return")),
    Course("reassigned", (40, 70), 2, ("assign", "ask_return", "return", "assign")),
    Course("replied", (40, 90), 8, ("assign", "reply")),
    Course("redo", (75, 95), 3, ("assign", "reply", "reopen")),
    Course("redo-overdue", (135, 150), 1, ("assign", "reply", "reopen", "urge")),
    Course("closed", (120, 1000), 24, ("assign", "reply", "rate")),
    Course("redone", (200, 900), 5, ("assign", "reply", "reopen", "reply", "rate")),
)
# What happens more rarely; made after the others, so that those stay as they were.
RARE_COURSES = (
    Course("received", (1, 3), 3, begins="received"),
    Course("accepted", (20, 30), 2, ("accept", "assign"), begins="received"),
    Course("declined", (15, 25), 1, ("decline",), begins="received"),
    Course("forwarded", (20, 30), 1, ("assign", "forward")),
    Course("recalled", (12, 16), 1, ("assign", "recall")),
    Course("co-asked", (30, 40), 1, ("assign", "ask_co")),
    Course("co-handled", (60, 80), 1, ("assign", "ask_co", "co_reply", "reply")),
    Course("paused", (50, 60), 1, ("assign", "pause")),
    Course("planned", (100, 120), 2, ("assign", "plan", "rate")),
    Course("came-back", (200, 210), 1, ("assign", "plan", "rate", "come_back")),
)

CONSENT_COURSES = (
    Course("return-asked", (4, 6), 1, ("assign", "ask_return")),
    Course("forward-asked", (4, 6), 1, ("assign", "ask_forward")),
    Course("passed-on", (20, 30), 1, ("assign", "ask_forward", "hand_on")),
    Course("extension-asked", (60, 70), 1, ("assign", "ask_extension")),
    Course("extension-refused", (60, 75), 1, ("assign", "ask_extension", "refuse")),
    Course("extended", (100, 115), 1, ("assign", "ask_extension", "extend", "reply")),
)
"""What departments asked of the congress, open, granted and refused; made last, as the above."""


def findings_and_matters(today: date) -> tuple[tuple[Seen, ...], tuple[Matter, ...]]:
    """Every filed finding, and the suggestion that each became."""
    chance, words = stream("matters"), sources.read_json("matters.json")
    subjects = _Subjects(words, today, chance)
    matters = []
    for course in COURSES:
        for number in range(course.count):
            seen = subjects.next(today - timedelta(days=chance.randint(*course.age)), own=number % 3 == 0)
            matters.append(Matter(seen, events_of(course, seen, words, today, chance)))
    matters += rare(subjects, words, today)
    matters += _courses(CONSENT_COURSES, subjects, words, today, stream("consents"))
    matters += _repeated(subjects, words, today)
    filed = [matter.seen for matter in matters if matter.part is None]
    return tuple(sorted(filed, key=lambda each: each.seen_at)), _numbered(matters)


def rare(subjects: "_Subjects", words: dict, today: date) -> list[Matter]:
    """Matters that go another way, and those that were merged or split."""
    chance = stream("rare matters")
    found = _courses(RARE_COURSES, subjects, words, today, chance)
    return [*found, *_merged(subjects, words, today, chance), *_split(subjects, words, today, chance)]


def _courses(
    courses: tuple[Course, ...], subjects: "_Subjects", words: dict, today: date, chance: Random
) -> list[Matter]:
    found = []
    for course in courses:
        for _ in range(course.count):
            seen = subjects.next(today - timedelta(days=chance.randint(*course.age)))
            if course.begins == "received":
                seen = replace(seen, author=None)
            found.append(Matter(seen, events_of(course, seen, words, today, chance)))
    return found


REPEATED = Course("repeated", (10, 55), 5, ("assign",))
APART = 0.0006
"""Degrees: some 60 m."""


def _repeated(subjects: "_Subjects", words: dict, today: date) -> list[Matter]:
    """The same trouble about one corner again and again, so that topics (选题参考) shows a cluster of it."""
    chance, found = stream("repeated matters"), []
    first = subjects.street(today - timedelta(days=REPEATED.age[1]))
    for number in range(REPEATED.count):
        day = today - timedelta(days=chance.randint(*REPEATED.age))
        east, north = first.place
        seen = replace(
            first,
            client_id=uuid.uuid5(NAMESPACE, f"finding repeated {number}"),
            place=(east + chance.uniform(-APART, APART), north + chance.uniform(-APART, APART)),
            seen_at=moment(day, chance.randrange(8, 18), chance.randrange(60)),
        )
        found.append(Matter(seen, events_of(REPEATED, seen, words, today, chance)))
    return found


IN_HAND = Course("in-hand", (0, 0), 1, ("assign",))


def _merged(subjects: "_Subjects", words: dict, today: date, chance: Random) -> list[Matter]:
    """Two that saw the same; the later one joins the earlier."""
    seen = subjects.next(today - timedelta(days=18))
    again = replace(
        seen,
        client_id=uuid.uuid5(NAMESPACE, "finding seen again"),
        author=(seen.author or 0) + 1,
        seen_at=seen.seen_at + timedelta(days=2, hours=3),
        photos=(),
    )
    at = moment(today - timedelta(days=10), 10, 20)
    first = events_of(IN_HAND, seen, words, today, chance)
    text = words["merge_text"]
    second = Event("submitted", again.seen_at + timedelta(hours=1), "author", text=again.text)
    return [
        Matter(seen, (*first, Event("absorbed", at, "staff", text=text, other=again.client_id))),
        Matter(again, (second, Event("merged", at, "staff", text=text, other=seen.client_id))),
    ]


def _split(subjects: "_Subjects", words: dict, today: date, chance: Random) -> list[Matter]:
    """One that was two matters; the second goes to a department of its own."""
    seen = subjects.next(today - timedelta(days=26))
    part = uuid.uuid5(NAMESPACE, "part of a finding")
    said = words["split"]
    at = moment(today - timedelta(days=19), 15, 5)
    whole = (
        *events_of(IN_HAND, seen, words, today, chance),
        Event("split", at, "staff", text=said["title"], other=part),
    )
    department = other_department(seen.department)
    due_on = clocks.reply_due_on(at.date())
    begun = Event("submitted", at, "staff", text=said["text"], other=seen.client_id)
    given = Event("assigned", at, "system", department, "按类别和镇街规则自动交办", due_on=due_on, clock="reply")
    return [Matter(seen, whole), Matter(seen, (begun, given), part=part, title=said["title"])]


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

    def street(self, day: date) -> Seen:
        """Something seen in the street by the demo deputy."""
        about = self._street()
        photos, client_id = self._pictures(about.pop("scene")), uuid.uuid5(NAMESPACE, "finding in the street")
        return Seen(client_id=client_id, author=0, seen_at=moment(day, 9, 30), photos=photos, **about)

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
