"""Reading values: a table of (place, period) for a few indicators at once, and how values are put together.

A place is an area of the indicator's level, or a point or feature; of one indicator all are of one kind, so that their
keys do not meet.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from statistics import median

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import FloatField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast

from accounts.directory.levels import districts
from accounts.district import area_rows
from accounts.looking import looked_at, shown, shown_with_above
from accounts.models import Area
from accounts.permissions import Asker, inside, reach_of
from reporting.indicators.models import Indicator
from reporting.observations.models import Observation
from river_monitoring.permissions import points_visible_to


@dataclass(frozen=True, slots=True)
class Value:
    """A value with its plan and denominator; `enough` tells whether it may be shown."""

    value: Decimal | None
    plan: Decimal | None = None
    whole: int | None = None
    enough: bool = True

    @property
    def shown(self) -> Decimal | None:
        return self.value if self.enough else None


NOTHING = Value(None)


@dataclass(slots=True)
class Series:
    """The values of one indicator by period and place (its key)."""

    indicator: Indicator
    by_period: dict[date, dict[int, Value]] = field(default_factory=lambda: defaultdict(dict))
    _spreads: dict[date, tuple[int, float, float]] = field(default_factory=dict)

    def at(self, area: int, period: date) -> Value:
        return self.by_period.get(period, {}).get(area, NOTHING)

    def of_all(self, period: date) -> dict[int, Value]:
        return self.by_period.get(period, {})

    def spread(self, period: date) -> tuple[int, float, float]:
        """How many areas have a value that may be shown, their median, and the median distance from it."""
        if period not in self._spreads:
            known = [float(row.shown) for row in self.of_all(period).values() if row.shown is not None]
            middle = median(known) if known else 0.0
            apart = median(abs(number - middle) for number in known) if known else 0.0
            self._spreads[period] = (len(known), middle, apart)
        return self._spreads[period]

    @property
    def periods(self) -> list[date]:
        return sorted(self.by_period)

    def newest(self, until: date | None = None) -> date | None:
        """The last period with a value that begins not after `until`."""
        return max((day for day in self.by_period if until is None or day <= until), default=None)


def observations_visible_to(user: Asker) -> QuerySet[Observation]:
    """Return the values that `user` may read of the indicators that she may: what is not public of her own district.

    None is the site itself, which reads all.
    """
    if reach_of(user) is None and looked_at(user) is None:
        return Observation.objects.all()
    of_areas = Q(area__isnull=False) & ((Q(indicator__is_public=True) & shown_with_above(user)) | inside(user))
    # Who reads a layer reads all of it (`indicators_visible_to`); points are those that she is shown.
    seen = points_visible_to(user).order_by().values("pk")
    of_features = Q(feature__layer__isnull=False) | Q(feature__monitoring_point__in=seen)
    return Observation.objects.filter(of_areas | of_features)


def series_of(
    indicators: Iterable[Indicator],
    *,
    since: date | None = None,
    user: Asker = None,
    only: Mapping[int, Sequence[date]] | None = None,
) -> dict[str, Series]:
    """Read the values of these indicators by code, in one query; `user` None reads all.

    `only` names the periods of each (its key); an indicator that it leaves out has no values.
    """
    found = {indicator.pk: Series(indicator) for indicator in indicators}
    rows = observations_visible_to(user)
    rows = rows.filter(indicator__in=list(found)) if only is None else _in_periods(rows, only)
    rows = rows.filter(period__gte=since) if since else rows
    for key, area, feature, day, value, plan, whole in rows.values_list(
        "indicator_id", "area_id", "feature_id", "period", "value", "plan", "whole"
    ):
        series = found[key]
        if value is None and plan is None and whole is None:
            continue
        enough = is_enough(series.indicator, whole) and not (value is None and whole is not None)
        series.by_period[day][area if area is not None else feature] = Value(value, plan, whole, enough)
    return {series.indicator.code: series for series in found.values()}


def _in_periods(rows: QuerySet[Observation], only: Mapping[int, Sequence[date]]) -> QuerySet[Observation]:
    """The rows of these periods; those that ask alike stand in one condition, so that the index is walked for each."""
    alike: dict[tuple[date, ...], list[int]] = defaultdict(list)
    for key, days in only.items():
        alike[tuple(sorted(days))].append(key)
    asked = Q(pk__in=[])
    for days, keys in alike.items():
        asked |= Q(indicator__in=keys, period__in=days)
    return rows.filter(asked)


def is_enough(indicator: Indicator, whole: int | None) -> bool:
    """Tell whether the denominator is large enough to speak of the value."""
    return whole is None or whole >= indicator.minimum


def areas_of(level: str, user: Asker = None) -> QuerySet[Area]:
    """The areas of a level that have values: ours, and of several districts those that `user` is shown."""
    if level == Area.Level.DISTRICT and not districts().several:
        return area_rows()
    return Area.objects.filter(shown(user, "pk"), level=level)


def oldest_periods(indicators: Iterable[Indicator], user: Asker = None) -> dict[int, date]:
    """The oldest period of each indicator that has a value which `user` may read; one look into the index each."""
    return _ends(indicators, observations_visible_to(user), "period")


def newest_periods(indicators: Iterable[Indicator], user: Asker = None, until: date | None = None) -> dict[int, date]:
    """The newest period of each indicator that has a value which `user` may read; one look into the index each."""
    rows = observations_visible_to(user)
    return _ends(indicators, rows.filter(period__lte=until) if until else rows, "-period")


def _ends(indicators: Iterable[Indicator], rows: QuerySet[Observation], order: str) -> dict[int, date]:
    rows = rows.filter(indicator=OuterRef("pk"), value__isnull=False)
    end = Subquery(rows.order_by(order).values("period")[:1])
    found = Indicator.objects.filter(pk__in=[one.pk for one in indicators]).order_by()
    return {key: day for key, day in found.annotate(end=end).values_list("pk", "end") if day is not None}


def numbers_of(indicator: Indicator, user: Asker = None) -> list[float]:
    """Every value of an indicator that may be shown, of all areas and periods, for classes that stay the same."""
    enough = Q(whole__isnull=True) | Q(whole__gte=indicator.minimum)
    rows = observations_visible_to(user).filter(enough, indicator=indicator, value__isnull=False)
    return rows.aggregate(all=ArrayAgg(Cast("value", FloatField()), default=[]))["all"]


def total_of(indicator: Indicator, values: Mapping[int, Value] | Sequence[Value]) -> Value:
    """Put the values of several areas together by the indicator's own method; without one the median speaks for all."""
    rows = list(values.values()) if isinstance(values, Mapping) else list(values)
    shown = [row for row in rows if row.shown is not None]
    if not shown:
        return NOTHING
    numbers = [row.value for row in shown if row.value is not None]
    whole = sum(row.whole or 0 for row in shown) or None
    plans = [row.plan for row in shown if row.plan is not None]
    if indicator.total == Indicator.Total.SUM:
        return Value(sum(numbers, Decimal()), sum(plans, Decimal()) if len(plans) == len(shown) else None, whole)
    if indicator.total == Indicator.Total.WEIGHTED and whole:
        weighted = sum((row.value or 0) * (row.whole or 0) for row in shown)
        return Value(Decimal(weighted) / whole, _same(plans), whole, is_enough(indicator, whole))
    return Value(Decimal(median(numbers)), _same(plans), whole)


def _same(plans: Sequence[Decimal]) -> Decimal | None:
    """The plan, where all areas have the same."""
    return plans[0] if len(set(plans)) == 1 else None
