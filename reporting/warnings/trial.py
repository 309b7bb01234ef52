"""A rule tried on the past: when and where it would have warned, and how often."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Min
from django.db.models.functions import Coalesce, Least
from django.utils import timezone

from reporting.indicators import periods
from reporting.indicators.models import Indicator
from reporting.observations.models import Observation
from reporting.observations.places import Place, places_of
from reporting.observations.queries import Series, areas_of, series_of
from reporting.warnings.conditions import Asked, Cause, met, reach_of

PERIODS_BACK = 36
NOISY = 0.5
"""A rule that would have warned in this share of the past says nothing."""
MOST_LISTED = 200


type Places = dict[str, list[Place]]
"""The areas of each level, read once."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One warning that would have been given; `area` is the area, point or feature."""

    area: Place
    period: date
    causes: list[Cause]


@dataclass(slots=True)
class Trial:
    """What came of it; `asked` counts areas and periods with data."""

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

    def by_area(self) -> dict[int, int]:
        """How often in each area (its key), for the map."""
        return dict(Counter(hit.area.pk for hit in self.hits))

    def summary(self) -> dict[str, int]:
        return {"asked": self.asked, "hits": self.count}


def try_out(
    conditions: Sequence[Mapping[str, Any]], at_least: int, indicators: Mapping[str, Indicator], today: date
) -> Trial:
    """Ask a rule of every area in the last periods that are over. Writes nothing."""
    first = next(iter(indicators.values()))
    kind = first.period_kind
    last = periods.shift(kind, periods.start_of(kind, today), -1)
    days = [periods.shift(kind, last, -back) for back in range(PERIODS_BACK)]
    found = Trial(kind)
    back = max(PERIODS_BACK, *(reach_of(one, kind) for one in conditions))
    judge = Judge(conditions, at_least, indicators, today, since=periods.shift(kind, days[-1], -back))
    for day in days:
        for area in judge.areas:
            if not judge.has_data(area.pk, day):
                continue
            found.asked += 1
            causes = judge.causes(area.pk, day)
            if causes:
                found.hits.append(Hit(area, day, causes))
    return found


class Judge:
    """One wording with all that it looks at, read once."""

    def __init__(
        self,
        conditions: Sequence[Mapping[str, Any]],
        at_least: int,
        indicators: Mapping[str, Indicator],
        today: date,
        since: date,
        areas: Places | None = None,
    ) -> None:
        """`areas` keeps those of each level or layer for the rules that are asked after this one."""
        self.conditions, self.at_least, self.today = conditions, at_least, today
        self.series = series_of(indicators.values(), since=since)
        first = next(iter(indicators.values()))
        known = {} if areas is None else areas
        self.areas = _places(first, known)
        is_late = any(condition["kind"] == "late" for condition in conditions)
        self.first_said = first_said(indicators, since) if is_late else {}
        self.begun = {code: min(series.periods, default=None) for code, series in self.series.items()}
        self.is_late = is_late

    def has_data(self, area: int, day: date) -> bool:
        """Tell whether the question makes sense: there is a value, or one was due after the first ever delivered."""
        if any(series.at(area, day).value is not None for series in self.series.values()):
            return True
        return self.is_late and any(self._was_due(series, day) for series in self.series.values())

    def _was_due(self, series: Series, day: date) -> bool:
        """Tell whether a value should be there by today; before the first one ever delivered nothing was due."""
        begun, indicator = self.begun[series.indicator.code], series.indicator
        due = periods.end_of(indicator.period_kind, day) + timedelta(days=indicator.due_days or 0)
        return begun is not None and begun <= day and due < self.today

    def causes(self, area: int, day: date) -> list[Cause]:
        asked = Asked(area, day, self.series, self.today, self.first_said)
        return met(self.conditions, self.at_least, asked)


def _places(indicator: Indicator, known: Places) -> list[Place]:
    """What a rule over this indicator is asked of; points and features are those that the indicator has values of."""
    if not indicator.is_of_areas:
        return places_of(indicator)
    key = str(indicator.level)
    if key not in known:
        known[key] = list(areas_of(indicator.level).defer("geom", "point"))
    return known[key]


def first_said(indicators: Mapping[str, Indicator], since: date) -> dict[tuple[str, int, date], date]:
    """The local day on which each value was first said, also where it was corrected since."""
    rows = Observation.objects.filter(indicator__in=indicators.values(), period__gte=since, value__isnull=False)
    first = rows.annotate(first=Least("said_at", Coalesce(Min("earlier__said_at"), "said_at")))
    return {
        (code, area if area is not None else feature, day): timezone.localdate(at)
        for code, area, feature, day, at in first.values_list(
            "indicator__code", "area_id", "feature_id", "period", "first"
        )
    }
