"""Reading values: a table of (place, period) for a few indicators at once, and how values are put together.

A place is an area of the indicator's level, or a point or feature; of one indicator all are of one kind, so that their
keys do not meet.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
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
from reporting.observations.models import EarlierValue, Observation
from reporting.observations.series import NOTHING, Column, Series, Value, is_enough
from river_monitoring.permissions import points_visible_to

type Corrected = Mapping[tuple[int, date], set[int]]
"""Keys of places by indicator (its key) and period."""

SAYS_SOMETHING = Q(value__isnull=False) | Q(plan__isnull=False) | Q(whole__isnull=False)


def observations_visible_to(user: Asker) -> QuerySet[Observation]:
    """Return the values that `user` may read of the indicators that she may: what is not public of her own district.

    None is the site itself, which reads all.
    """
    if _reads_all(user):
        return Observation.objects.all()
    return Observation.objects.filter(_of_areas(user) | _of_features(user))


def _reads_all(user: Asker) -> bool:
    return reach_of(user) is None and looked_at(user) is None


def _of_areas(user: Asker) -> Q:
    return Q(area__isnull=False) & ((Q(indicator__is_public=True) & shown_with_above(user)) | inside(user))


def _of_features(user: Asker) -> Q:
    """Who reads a layer reads all of it (`indicators_visible_to`); points are those that she is shown."""
    seen = points_visible_to(user).order_by().values("pk")
    return Q(feature__layer__isnull=False) | Q(feature__monitoring_point__in=seen)


def series_of(
    indicators: Iterable[Indicator],
    *,
    since: date | None = None,
    user: Asker = None,
    only: Mapping[int, Sequence[date]] | None = None,
) -> dict[str, Series]:
    """Read the values of these indicators by code, a row for each period; `user` None reads all.

    One query of areas, and one of points and features, each where any are asked: the former stays as lean as it was.
    `only` names the periods of each (its key); an indicator that it leaves out has no values.
    """
    found = {indicator.pk: Series(indicator) for indicator in indicators}
    for key, may_read in (("area_id", _of_areas), ("feature_id", _of_features)):
        asked = [one for one, series in found.items() if series.indicator.is_of_areas == (key == "area_id")]
        if not asked:
            continue
        rows = Observation.objects.filter(SAYS_SOMETHING, Q() if _reads_all(user) else may_read(user))
        rows = rows.filter(period__gte=since) if since else rows
        if only is None:
            rows = rows.filter(indicator__in=asked)
        else:
            rows = in_periods(rows, {one: only[one] for one in asked if one in only})
        for indicator, day, column in _columns(rows, key):
            found[indicator].columns[day] = column
    return {series.indicator.code: series for series in found.values()}


def _columns(rows: QuerySet[Observation], key: str) -> Iterator[tuple[int, date, Column]]:
    """By indicator and period what a `Column` is made of; the rows of a group come to each array in the same order."""
    arrays = {"keys": key, "numbers": "value", "plans": "plan", "wholes": "whole"}
    groups = rows.order_by().values("indicator_id", "period")
    columns = groups.annotate(**{name: ArrayAgg(each) for name, each in arrays.items()})
    for indicator, day, *column in columns.values_list("indicator_id", "period", *arrays):
        yield indicator, day, Column(*column)


def in_periods(rows: QuerySet[Observation], only: Mapping[int, Sequence[date]]) -> QuerySet[Observation]:
    """The rows of these periods; those that ask alike stand in one condition, so that the index is walked for each."""
    alike: dict[tuple[date, ...], list[int]] = defaultdict(list)
    for key, days in only.items():
        alike[tuple(sorted(days))].append(key)
    asked = Q(pk__in=[])
    for days, keys in alike.items():
        asked |= Q(indicator__in=keys, period__in=days)
    return rows.filter(asked)


def areas_of(level: str, user: Asker = None) -> QuerySet[Area]:
    """The areas of a level that have values: ours, and of several districts those that `user` is shown."""
    if level == Area.Level.DISTRICT and not districts().several:
        return area_rows()
    return Area.objects.filter(shown(user, "pk"), level=level)


def oldest_periods(indicators: Iterable[Indicator], user: Asker = None) -> dict[int, date]:
    """The oldest period of each indicator that has a value which `user` may read; one look into the index each."""
    return _ends(indicators, observations_visible_to(user).filter(value__isnull=False), "period")


def newest_periods(indicators: Iterable[Indicator], user: Asker = None, until: date | None = None) -> dict[int, date]:
    """The newest period of each indicator that has a value which `user` may read; one look into the index each."""
    rows = observations_visible_to(user).filter(value__isnull=False)
    return _ends(indicators, rows.filter(period__lte=until) if until else rows, "-period")


def _ends(indicators: Iterable[Indicator], rows: QuerySet[Observation], order: str) -> dict[int, date]:
    end = Subquery(rows.filter(indicator=OuterRef("pk")).order_by(order).values("period")[:1])
    found = Indicator.objects.filter(pk__in=[one.pk for one in indicators]).order_by()
    return {key: day for key, day in found.annotate(end=end).values_list("pk", "end") if day is not None}


def first_periods(indicators: Iterable[Indicator], since: date) -> dict[int, date]:
    """The first period of each indicator from `since` on in which anything was said; one look into the index each."""
    return _ends(indicators, Observation.objects.filter(SAYS_SOMETHING, period__gte=since), "period")


def corrected_since(at: datetime, indicators: Iterable[Indicator]) -> Corrected:
    """Where values of these indicators were replaced since a moment; a first value replaces nothing."""
    rows = EarlierValue.objects.filter(
        replaced_at__gte=at, value__isnull=False, observation__indicator__in=[one.pk for one in indicators]
    )
    names = (f"observation__{name}_id" for name in ("indicator", "area", "feature"))
    found: dict[tuple[int, date], set[int]] = defaultdict(set)
    for day, indicator, area, feature in rows.order_by().values_list("observation__period", *names).distinct():
        found[indicator, day].add(area if area is not None else feature)
    return dict(found)


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
