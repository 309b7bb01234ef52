"""What was done about each small water: causes by type, measures with their progress, outfalls that spoil it.

Measures are the clauses of the water's plan (一点一策); they begin with the plan, grow while the works go on and are
complete when acceptance is asked, as the transition table demands. Contractors are called 示例 (sample): none is real.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random

from shapely import Point

from demo.plan import plane
from demo.plan.cases import History, Step
from demo.plan.chance import stream
from river_monitoring.steps.table import State

KINDS = (
    ("sewers", ("截污", "雨污")),
    ("dredging", ("清淤", "疏通", "打通")),
    ("industry", ("小作坊",)),
    ("outfalls", ("排放口",)),
    ("farming", ("沟渠", "净化塘", "养殖")),
    ("ecology", ("曝气", "配水")),
)
CAUSES = (
    ("domestic", ("生活污水", "化粪池")),
    ("mixed", ("混接",)),
    ("trade", ("餐饮",)),
    ("farming", ("农田",)),
    ("livestock", ("养殖",)),
    ("industry", ("小作坊", "排放口")),
    ("sediment", ("淤积",)),
    ("stagnant", ("不流动", "堵塞")),
)
CONTRACTORS = ("示例水利工程有限公司", "示例市政工程有限公司", "示例生态环境有限公司", "示例园林建设有限公司")
SHARES_OF_A_WORK = (0.35, 0.7)
# Cause in the text, and the outfalls that go with it: first- and second-level type, name, whose.
OUTFALLS = (
    ("生活污水", "other", "village_scattered", "生活污水散排口", "村集体"),
    ("混接", "other", "town_storm", "雨水排口", "镇街市政所"),
    ("雨水口", "other", "town_storm", "雨水排口", "镇街市政所"),
    ("农田", "other", "irrigation", "农田退水口", "村集体"),
    ("养殖", "other", "small_livestock", "养殖场排口", "养殖户（示例）"),
    ("小作坊", "industrial", "factory", "企业排污口", "示例加工厂"),
    ("排放口", "industrial", "factory_storm", "企业雨洪排口", "示例加工厂"),
)


@dataclass(frozen=True)
class Report:
    """A measure's share done in per cent, as reported on a day."""

    day: date
    share: int


@dataclass(frozen=True)
class Work:
    kind: str
    title: str
    contractor: str
    cost_wan: Decimal
    added_on: date
    due_on: date | None
    reports: tuple[Report, ...]

    @property
    def share(self) -> int:
        return self.reports[-1].share if self.reports else 0


@dataclass(frozen=True)
class Mouth:
    """An outfall beside a small water."""

    kind: str
    subkind: str
    name: str
    operator: str
    state: str
    flows_when_dry: bool
    place: tuple[float, float]


def causes_of(history: History) -> list[str]:
    return _by_words(history.place.causes, CAUSES)


def _by_words(text: str, table: tuple[tuple[str, tuple[str, ...]], ...]) -> list[str]:
    return [name for name, words in table if any(word in text for word in words)]


def works_of(history: History, today: date) -> list[Work]:
    """The measures of every listing of the point, in the order in which they were planned."""
    chance = stream(f"works {history.place.code}")
    return [work for plan, steps in _listings(history) for work in _works(history, plan, steps, today, chance)]


def _listings(history: History) -> Iterator[tuple[Step, list[Step]]]:
    """Each plan of the point with the steps after it until the next."""
    plans = [index for index, step in enumerate(history.steps) if step.target is State.PLANNED]
    for index, following in pairwise([*plans, len(history.steps)]):
        yield history.steps[index], list(history.steps[index + 1 : following])


def _works(history: History, plan: Step, steps: list[Step], today: date, chance: Random) -> Iterator[Work]:
    begun = next((step.day for step in steps if step.target is State.UNDER_WAY), None)
    done = next((step.day for step in steps if step.target is State.ACCEPTANCE_ASKED), None)
    for clause in _clauses(history.place.plan):
        kinds = _by_words(clause, KINDS)
        yield Work(
            kind=kinds[0] if kinds else "other",
            title=clause,
            contractor=chance.choice(CONTRACTORS),
            cost_wan=Decimal(chance.randrange(40, 900)) / 10,
            added_on=plan.day,
            due_on=max(plan.due_on - timedelta(days=30), plan.day) if plan.due_on else None,
            reports=tuple(_reports(begun, done, today, chance)),
        )


def _clauses(plan: str) -> list[str]:
    parts = plan.rstrip("。").replace("；", "，").split("，")
    return [part for part in parts if _by_words(part, KINDS)]


def _reports(begun: date | None, done: date | None, today: date, chance: Random) -> Iterator[Report]:
    if begun is None:
        return
    end = done or min(today, begun + timedelta(days=240))
    most = 100 if done else chance.randrange(35, 90)
    for share in SHARES_OF_A_WORK:
        yield Report(begun + (end - begun) * share, int(share * most))
    yield Report(end - timedelta(days=1) if done else end, most)


def mouths_of(history: History) -> list[Mouth]:
    """The outfalls that the causes name, 15 to 60 m from the point and inside its town."""
    chance = stream(f"outfalls {history.place.code}")
    named = {row[2]: row for row in OUTFALLS if row[0] in history.place.causes}
    return [_mouth(history, row, chance) for row in named.values()]


def _mouth(history: History, row: tuple[str, str, str, str, str], chance: Random) -> Mouth:
    _word, kind, subkind, name, operator = row
    is_done = history.status in (State.DELISTED, State.LOOK_BACK)
    state = chance.choice(("kept", "merged", "closed")) if is_done else "fixing"
    flows = not is_done and chance.random() < 0.6
    return Mouth(kind, subkind, f"{history.place.name}{name}", operator, state, flows, _beside(history, chance))


def _beside(history: History, chance: Random) -> tuple[float, float]:
    area = plane.to_plane(history.place.town.polygon).buffer(-5)
    x, y = plane.xy(*history.place.place)
    while True:
        angle, far = chance.uniform(0, math.tau), chance.uniform(15, 60)
        spot = Point(x + far * math.cos(angle), y + far * math.sin(angle))
        if area.contains(spot):
            return plane.lonlat(spot.x, spot.y)
