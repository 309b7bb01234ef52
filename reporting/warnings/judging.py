"""A wording asked of all its places at once: values read for many rules together, screened, judged where it matters."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.db.models import Count, Min, Q
from django.db.models.functions import Coalesce, Least
from django.utils import timezone

from accounts.models import Area
from reporting.indicators import periods
from reporting.indicators.models import Indicator
from reporting.observations.models import Observation, Way
from reporting.observations.places import Place, places_of
from reporting.observations.queries import areas_of, first_periods, in_periods, series_of
from reporting.observations.series import Series
from reporting.warnings.conditions import Asked, Cause, met, weight_of
from reporting.warnings.screening import Screen
from reporting.warnings.wording import Wording

PERIODS_BACK = 36
"""So many periods back a rule is tried, and a first delivery is looked for."""

type Periods = Mapping[int, Sequence[date]]
"""Periods by the key of their indicator."""
type Kept = dict[str | int, Sequence[Place]]
"""The areas of each level, and the points or features of each indicator (its key)."""


@dataclass(frozen=True, slots=True)
class Read:
    """What some wordings look at; of what may be late also since when there are values, and when each was said."""

    today: date
    series: Mapping[str, Series]
    begun: Mapping[int, date]
    first_said: Mapping[tuple[str, int, date], date]


def read_for(asked: Iterable[tuple[Wording, Iterable[date]]], today: date) -> Read:
    """Read what these wordings look at to judge these periods: one query of areas, one of points and features, and two
    more where one asks what is late."""
    indicators: dict[int, Indicator] = {}
    days: dict[int, set[date]] = defaultdict(set)
    late: dict[int, set[date]] = defaultdict(set)
    for wording, judged in asked:
        for one in wording.indicators.values():
            indicators[one.pk] = one
            days[one.pk].update(*(wording.days_of(one.code, day) for day in judged))
        for one in wording.late:
            late[one.pk].update(judged)
    series = series_of(indicators.values(), only={key: sorted(each) for key, each in days.items()})
    return Read(today, series, _begun(indicators, late), _first_said({key: sorted(each) for key, each in late.items()}))


def _begun(indicators: Mapping[int, Indicator], late: Mapping[int, set[date]]) -> dict[int, date]:
    """The first period in which anything was delivered; of those of a kind in one query."""
    alike: dict[date, list[Indicator]] = defaultdict(list)
    for key, days in late.items():
        alike[periods.shift(indicators[key].period_kind, min(days), -PERIODS_BACK)].append(indicators[key])
    found: dict[int, date] = {}
    for since, some in alike.items():
        found |= first_periods(some, since)
    return found


def _first_said(asked: Periods) -> dict[tuple[str, int, date], date]:
    """The local day on which each value was first said, also where it was corrected since.

    What came out of an archive was said when its sender says so: it counts as said before anything was due.
    """
    if not asked:
        return {}
    rows = in_periods(Observation.objects.filter(value__isnull=False), asked)
    a_value = Q(earlier__value__isnull=False)  # a plan alone was no value yet
    rows = rows.annotate(
        first=Least("said_at", Coalesce(Min("earlier__said_at", filter=a_value), "said_at")),
        archived=Count("earlier", filter=a_value & Q(earlier__way=Way.ARCHIVE)),
    )
    names = ("indicator__code", "area_id", "feature_id", "period", "way", "archived", "first")
    return {
        (code, area if area is not None else feature, day): (
            date.min if way == Way.ARCHIVE or archived else timezone.localdate(at)
        )
        for code, area, feature, day, way, archived, at in rows.values_list(*names)
    }


def places_asked(wording: Wording, known: Kept | None = None) -> Sequence[Place]:
    """What a wording is asked of: the areas of its level, or the points or features that its indicators have values of.

    `known` keeps what was read for the wordings that are asked after this one.
    """
    known, level = {} if known is None else known, wording.first.level
    if wording.first.is_of_areas:
        if level not in known:
            known[level] = areas_at(level)
        return known[level]
    for one in wording.indicators.values():
        if one.pk not in known:
            known[one.pk] = places_of(one)
    return list({place.pk: place for one in wording.indicators.values() for place in known[one.pk]}.values())


def areas_at(level: str) -> list[Area]:
    """The areas of a level that are asked, without their shapes."""
    return list(areas_of(level).defer("geom", "point"))


class Judge:
    """One wording over all its places: areas of its level, points, or features of its layer."""

    def __init__(self, wording: Wording, places: Sequence[Place], read: Read) -> None:
        self.wording, self.places, self.read = wording, places, read
        self.screen = Screen(read.series, {place.pk: number for number, place in enumerate(places)})

    def of_day(self, day: date, unmet: Container[int] | None = None) -> list[tuple[Place, list[Cause]]]:
        """Return the places of which the question makes sense in a period, with the causes of those where it is met.

        Of those where it is not met only the places in `unmet` (keys), if given.
        """
        may, asked = self._may_be_met(day), self._has_data(day)
        if unmet is not None:
            asked = asked & (may | np.array([place.pk in unmet for place in self.places], dtype=bool))
        places = [self.places[int(number)] for number in np.flatnonzero(asked)]
        rows = [(one, self._causes(one.pk, day) if met else []) for one, met in zip(places, may[asked], strict=True)]
        return rows if unmet is None else [(place, causes) for place, causes in rows if causes or place.pk in unmet]

    def _has_data(self, day: date) -> np.ndarray:
        """Tell for each place whether there is a value, or one was due after the first ever delivered."""
        if any(self._was_due(one, day) for one in self.wording.late):
            return np.ones(len(self.places), dtype=bool)
        return np.any([self.screen.has_value(code, day) for code in self.wording.indicators], axis=0)

    def _was_due(self, indicator: Indicator, day: date) -> bool:
        """Tell whether a value should be there by today; before the first one ever delivered nothing was due."""
        begun = self.read.begun.get(indicator.pk)
        due = periods.end_of(indicator.period_kind, day) + timedelta(days=indicator.due_days or 0)
        return begun is not None and begun <= day and due < self.read.today

    def _may_be_met(self, day: date) -> np.ndarray:
        """Tell for each place whether the conditions that could be met have the weight that is needed."""
        weights = np.zeros(len(self.places), dtype=int)
        for condition in self.wording.conditions:
            weights += self.screen.may_be_met(condition, day) * weight_of(condition)
        return weights >= self.wording.at_least

    def _causes(self, place: int, day: date) -> list[Cause]:
        asked = Asked(place, day, self.read.series, self.read.today, self.read.first_said)
        return met(self.wording.conditions, self.wording.at_least, asked)
