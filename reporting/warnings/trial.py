"""A rule tried on the past: when and where it would have warned, and how often."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from reporting.indicators import periods
from reporting.observations.places import Place
from reporting.warnings.conditions import Cause
from reporting.warnings.judging import PERIODS_BACK, Judge, places_asked, read_for
from reporting.warnings.wording import Wording

NOISY = 0.5
"""A rule that would have warned in this share of the past says nothing."""
MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class Hit:
    """One warning that would have been given; `place` is the area, point or feature."""

    place: Place
    period: date
    causes: list[Cause]


@dataclass(slots=True)
class Trial:
    """What came of it; `asked` counts places and periods with data."""

    kind: str
    asked: int = 0
    hits: list[Hit] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.hits)

    @property
    def share(self) -> float:
        return self.count / self.asked if self.asked else 0.0

    @property
    def percent(self) -> float:
        return round(100 * self.share, 1)

    def by_place(self) -> dict[int, int]:
        """How often in each place (its key), for the map."""
        return dict(Counter(hit.place.pk for hit in self.hits))

    def summary(self) -> dict[str, int]:
        return {"asked": self.asked, "hits": self.count}


def try_out(wording: Wording, today: date) -> Trial:
    """Ask a rule of every place in the last periods that are over. Writes nothing."""
    kind = wording.first.period_kind
    last = periods.shift(kind, periods.start_of(kind, today), -1)
    days = [periods.shift(kind, last, -back) for back in range(PERIODS_BACK)]
    found = Trial(kind)
    judge = Judge(wording, places_asked(wording), read_for([(wording, days)], today))
    for day in days:
        asked = judge.of_day(day)
        found.asked += len(asked)
        found.hits += [Hit(place, day, causes) for place, causes in asked if causes]
    return found
