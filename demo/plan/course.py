"""The steps of one matter, one after the other, each with its own wait and its own clock.

They follow the table in `supervision.matters.table` and the clocks in `supervision.deadlines.clocks`.
"""

import uuid
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random

from demo.plan.calendar import moment
from supervision.deadlines import clocks

EXTENSION = 20
"""Days by which a department of the demonstration asks to answer later."""


@dataclass(frozen=True)
class Seen:
    """A finding. `about` is what it is attached to: ("point", code), ("project", code) or nothing.

    `author` is the number of a deputy; None for somebody without an account.
    """

    client_id: uuid.UUID
    author: int | None
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
    """`who` is author, staff, officer (of `department`), reporter (without an account) or the system."""

    verb: str
    at: datetime
    who: str
    department: str = ""
    text: str = ""
    result: str = ""
    handling: str = ""
    outcome: str = ""
    due_on: date | None = None
    planned_on: date | None = None
    clock: str = ""
    asker: str = ""
    """The officer's department, where the event names another one."""
    other: uuid.UUID | None = None
    """The matter that this one was merged into or split from, by its key."""


@dataclass(frozen=True)
class Matter:
    """A suggestion and the finding that it grew out of. A part that was split off has the finding of the whole."""

    seen: Seen
    events: tuple[Event, ...]
    number: str = ""
    part: uuid.UUID | None = None
    title: str = ""

    @property
    def key(self) -> uuid.UUID:
        return self.part or self.seen.client_id


@dataclass
class Course:
    """How a matter goes: days since it was submitted, and how far it came."""

    name: str
    age: tuple[int, int]
    count: int
    steps: tuple[str, ...] = field(default_factory=tuple)
    begins: str = "submitted"


def events_of(course: Course, seen: Seen, words: dict, today: date, chance: Random) -> tuple[Event, ...]:
    at = seen.seen_at + timedelta(hours=chance.randrange(1, 5))
    who = "reporter" if seen.author is None else "author"
    first = Event(course.begins, at, who, text=seen.text)
    return _Chain(course.name, seen, words, today, chance).run(first, course.steps)


def other_department(code: str) -> str:
    """The department that has a part in it too."""
    return "ecology" if code == "enforcement" else "enforcement"


class _Chain:
    """Takes the steps of one matter one after the other, each with its own wait and its own clock."""

    def __init__(self, course: str, seen: Seen, words: dict, today: date, chance: Random) -> None:
        self._course, self._words, self._today, self._chance = course, words, today, chance
        self._due_on: date | None = None
        self._co_due_on: date | None = None
        self._planned_on = today
        self._result = ""
        self._department = seen.department
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
        return Event("assigned", at, "staff", self._department, due_on=self._due_on, clock="reply")

    def _ask_return(self, after: date) -> Event:
        text = self._chance.choice(self._words["return_texts"])
        return Event("return_asked", self._at(after, 2, 4), "officer", self._department, text)

    def _return(self, after: date) -> Event:
        day = min(after + timedelta(days=1), self._today - timedelta(days=1))
        return Event("returned", moment(day, 17, 30), "staff", self._department)

    def _ask_forward(self, after: date) -> Event:
        at, text, wished = self._at(after, 1, 2), self._words["forward_text"], other_department(self._department)
        return Event("forward_asked", at, "officer", wished, text, asker=self._department)

    def _hand_on(self, after: date) -> Event:
        """The day of the reply stays."""
        self._department = other_department(self._department)
        at = self._at(after, 1, 2)
        return Event("passed_on", at, "staff", self._department, due_on=self._due_on, clock="reply")

    def _wished(self) -> date:
        assert self._due_on is not None  # noqa: S101 - every course assigns first
        return self._due_on + timedelta(days=EXTENSION)

    def _ask_extension(self, after: date) -> Event:
        at, text = self._at(after, 45, 55), self._words["extension_text"]
        return Event("extend_asked", at, "officer", self._department, text, due_on=self._wished())

    def _refuse(self, after: date) -> Event:
        at, text = self._at(after, 1, 2), self._words["refuse_text"]
        return Event("ask_refused", at, "staff", self._department, text)

    def _extend(self, after: date) -> Event:
        at, self._due_on = self._at(after, 1, 2), self._wished()
        return Event("extended", at, "staff", self._department, due_on=self._due_on, clock="reply")

    def _reply(self, after: date) -> Event:
        self._rounds += 1
        self._result = self._chance.choices("ABCD", (60, 28, 8, 4))[0] if self._rounds == 1 else "A"
        at = self._at(after, 9, 22) if self._rounds > 1 else self._at(after, 18, 34)
        text = self._chance.choice(self._words["replies"][self._result])
        return Event("replied", at, "officer", self._department, text, self._result, due_on=self._due_on)

    def _reopen(self, after: date) -> Event:
        at = self._at(after, 3, 10)
        self._due_on = clocks.redo_due_on(at.date())
        text = self._chance.choice(self._words["redo_texts"])
        return Event(
            "reopened",
            at,
            "author",
            self._department,
            text,
            handling="fairly",
            outcome="dissatisfied",
            due_on=self._due_on,
            clock="redo",
        )

    def _accept(self, after: date) -> Event:
        return Event("accepted", self._at(after, 1, 2), "staff", text=self._words["accept_text"])

    def _decline(self, after: date) -> Event:
        return Event("declined", self._at(after, 2, 4), "staff", text=self._words["decline_text"])

    def _forward(self, after: date) -> Event:
        at, before = self._at(after, 2, 6), self._department
        self._department = other_department(before)
        text = self._words["forward_text"]
        self._due_on = clocks.reply_due_on(at.date())
        return Event("forwarded", at, "staff", self._department, text, due_on=self._due_on, clock="reply")

    def _recall(self, after: date) -> Event:
        return Event("recalled", self._at(after, 2, 5), "staff", self._department, self._words["recall_text"])

    def _ask_co(self, after: date) -> Event:
        at = self._at(after, 3, 8)
        self._co_due_on = clocks.LAW[clocks.Clock.CO_HANDLING].ends_on(at.date())
        asked, text = other_department(self._department), self._words["co_texts"][0]
        return Event("co_asked", at, "staff", asked, text, due_on=self._co_due_on, clock="co_handling")

    def _co_reply(self, after: date) -> Event:
        asked, text = other_department(self._department), self._words["co_texts"][1]
        return Event("co_replied", self._at(after, 8, 14), "officer", asked, text, due_on=self._co_due_on)

    def _pause(self, after: date) -> Event:
        return Event("paused", self._at(after, 12, 20), "staff", self._department, self._words["pause_text"])

    def _plan(self, after: date) -> Event:
        back = self._course == "came-back"
        self._planned_on = self._today + timedelta(days=-12 if back else self._chance.randint(30, 90))
        self._result = "B"
        at, text = self._at(after, 25, 40), self._chance.choice(self._words["replies"]["B"])
        return Event(
            "replied", at, "officer", self._department, text, "B", due_on=self._due_on, planned_on=self._planned_on
        )

    def _come_back(self, after: date) -> Event:
        self._due_on = clocks.LAW[clocks.Clock.FOLLOW_UP].ends_on(self._planned_on)
        event = Event("came_back", moment(self._planned_on, 6, 50), "system", self._department, clock="follow_up")
        return replace(event, due_on=self._due_on, planned_on=self._planned_on)

    def _rate(self, after: date) -> Event:
        handling = self._chance.choice(("satisfied", "satisfied", "satisfied", "fairly"))
        outcome = "satisfied" if self._result == "A" else "fairly"
        text = self._chance.choice(self._words["rated_texts"])
        return Event("rated", self._at(after, 2, 12), "author", text=text, handling=handling, outcome=outcome)

    def _urge(self, after: date) -> Event:
        late = bool(self._due_on and self._due_on < self._today - timedelta(days=2))
        base = self._due_on + timedelta(days=1) if late and self._due_on else after
        text = self._words["urge_texts"][1 if late else 0]
        return Event("urged", self._at(base, 0, 3), "staff", self._department, text, due_on=self._due_on)
