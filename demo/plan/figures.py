"""Three years of invented values for the indicators of the boards: by town and period, with a trend and a season.

One town of each series does worse in the last periods, so that there is something to find; nothing here is measured.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import cos, pi
from typing import Any

from demo.plan.chance import stream
from reporting.indicators import periods

YEARS = 3
WORSE_PERIODS = 3
WORSE_BY = {"up": 0.7, "down": 1.9, "none": 1.0}
SLOW_SPENDING = 0.7
NOISE = 0.04
COLDEST_MONTH = 1


@dataclass(frozen=True, slots=True)
class Figure:
    """One invented value of an area in a period."""

    area: str
    period: date
    value: Decimal
    plan: Decimal | None
    whole: int | None


def figures(facts: Mapping[str, Any], areas: Sequence[str], today: date) -> Iterator[Figure]:
    """Yield the values of one indicator of a template (with its ``invent``) for each area, the oldest first."""
    invent, kind = facts["invent"], facts["period_kind"]
    chance = stream(f"figures:{facts['code']}")
    alike = stream(f"figures:{facts['code'].partition('_')[0]}")  # plan and spending of a town go together
    leaning = {area: alike.uniform(-1, 1) for area in areas}
    worse = chance.choice(list(areas))
    days = list(_periods(kind, today))
    for number, day in enumerate(days):
        trend = (1 + invent.get("trend", 0)) ** number
        season = 1 + invent.get("season", 0) * cos(2 * pi * (day.month - COLDEST_MONTH) / 12)
        for area in areas:
            value = invent["base"] * trend * season * (1 + invent["spread"] * leaning[area])
            value *= 1 + chance.uniform(-NOISE, NOISE)
            if area == worse and number >= len(days) - WORSE_PERIODS and len(areas) > 1:
                value *= SLOW_SPENDING if facts["code"] == "budget_spent" else WORSE_BY[facts["direction"]]
            yield Figure(area, day, _rounded(facts, value), _plan(invent), _whole(invent, leaning[area]))


def _periods(kind: str, today: date) -> Iterator[date]:
    """The periods of the last three years that are over."""
    last = periods.start_of(kind, today)
    day = periods.start_of(kind, date(today.year - YEARS, today.month, 1))
    while day < last:
        yield day
        day = periods.shift(kind, day, 1)


def _rounded(facts: Mapping[str, Any], value: float) -> Decimal:
    is_share = facts["unit"] == "%" and "增速" not in facts["title"]
    shown = min(max(value, 0.0), 100.0) if is_share else value
    return Decimal(f"{shown:.{facts.get('decimals', 0)}f}")


def _plan(invent: Mapping[str, Any]) -> Decimal | None:
    return Decimal(str(invent["plan"])) if invent.get("plan") else None


def _whole(invent: Mapping[str, Any], leaning: float) -> int | None:
    return round(invent["whole"] * (1 + 0.4 * leaning)) if invent.get("whole") else None
