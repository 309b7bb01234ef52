"""What citizens reported, one in every state of its life; words in `fixtures/haishu/citizens.json`."""

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from demo.plan import sources
from demo.plan.calendar import moment
from demo.plan.chance import stream
from demo.plan.matters import NAMESPACE
from demo.plan.points import by_village
from demo.plan.villages import Village, villages
from supervision.deadlines import clocks

STEPS = {
    "received": (),
    "declined": ("declined",),
    "waiting": ("accepted",),
    "assigned": ("accepted", "assigned"),
    "merged": ("merged",),
    "adopted": ("accepted", "assigned", "adopted"),
    "extended": ("accepted", "assigned", "adopted", "extend_asked", "extended"),
    "answered": ("accepted", "assigned", "replied"),
    "redo": ("accepted", "assigned", "replied", "reopened"),
    "closed": ("accepted", "assigned", "replied", "rated"),
}
WAITS = {"accepted": 1, "assigned": 0, "declined": 2, "merged": 1, "adopted": 4, "extend_asked": 10, "extended": 2}
WAITS |= {"replied": 16, "reopened": 5, "rated": 6}
BY_REPORTER = frozenset({"received", "reopened", "rated"})
EXTENSION = 20
"""Days by which the department asks to answer later."""
WORDS = {"extend_asked": "extension", "declined": "decline", "replied": "reply", "reopened": "again", "rated": "rated"}


@dataclass(frozen=True)
class Happened:
    """One event; `who` is reporter, staff, officer, deputy or system."""

    verb: str
    at: datetime
    who: str
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """A citizen's report and what became of it. `secret` opens its private page, in the demonstration only."""

    key: str
    client_id: uuid.UUID
    secret: str
    village: Village
    place: tuple[float, float]
    seen_at: datetime
    text: str
    picture: str
    said: dict[str, Any]
    events: tuple[Happened, ...]


def secret_of(key: str) -> str:
    """Return the known secret of a demo report's private link."""
    return f"demo-{key}-".ljust(43, "0")


def reports(today: date) -> tuple[Report, ...]:
    """Every report of the demonstration, the oldest first."""
    chance = stream("citizens")
    places = list(villages())
    chance.shuffle(places)
    rows = sorted(sources.read_json("citizens.json")["reports"], key=lambda row: -int(row["days"]))
    return tuple(_report(row, village, today, chance) for row, village in zip(rows, places, strict=False))


def _report(row: dict[str, Any], village: Village, today: date, chance: Random) -> Report:
    seen_at = moment(today - timedelta(days=row["days"]), 7 if row["days"] == 0 else chance.randrange(7, 19), 20)
    return Report(
        key=row["key"],
        client_id=uuid.uuid5(NAMESPACE, f"citizen {row['key']}"),
        secret=secret_of(row["key"]),
        village=village,
        place=by_village(village, chance),
        seen_at=seen_at,
        text=row["text"].format(place=village.short),
        picture=f"{row['scene']}-{chance.randrange(1, 7)}.jpg",
        said=row,
        events=_events(row, seen_at),
    )


def _events(row: dict[str, Any], seen_at: datetime) -> tuple[Happened, ...]:
    at = seen_at + timedelta(minutes=4)
    events, due_on = [Happened("received", at, "reporter")], None
    for verb in STEPS[row["course"]]:
        at += timedelta(days=WAITS[verb], minutes=20)
        if verb in ("assigned", "reopened"):
            due_on = clocks.redo_due_on(at.date()) if verb == "reopened" else clocks.reply_due_on(at.date())
        if verb == "extend_asked" and due_on:
            due_on += timedelta(days=EXTENSION)
        events.append(Happened(verb, at, _who(verb), _fields(verb, row, due_on)))
    if row.get("public"):
        events.append(Happened("published", at + timedelta(hours=2), "staff", {"text": row["public"]}))
    return tuple(events)


def _who(verb: str) -> str:
    if verb in BY_REPORTER:
        return "reporter"
    return {"assigned": "system", "replied": "officer", "extend_asked": "officer", "adopted": "deputy"}.get(
        verb, "staff"
    )


def _fields(verb: str, row: dict[str, Any], due_on: date | None) -> dict[str, Any]:
    fields: dict[str, Any] = {"text": row.get(WORDS.get(verb, ""), "")}
    if verb in ("assigned", "extend_asked", "extended", "replied", "reopened"):
        fields |= {"department": row["department"], "due_on": due_on}
    if verb == "extended":
        fields |= {"clock": "reply"}
    if verb == "replied":
        fields["result"] = row["result"]
    if verb in ("reopened", "rated"):
        fields |= {"handling": "satisfied", "outcome": "dissatisfied" if verb == "reopened" else "satisfied"}
    return fields
