"""Reading values: a table of (area, period) for a few indicators at once, and how values are put together."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
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
from reporting.observations.series import NOTHING, Column, Series, Value, is_enough

SAYS_SOMETHING = Q(value__isnull=False) | Q(plan__isnull=False) | Q(whole__isnull=False)
COLUMNS = {
    "areas": ArrayAgg("area_id"), "numbers": ArrayAgg("value"), "plans": ArrayAgg("plan"), "wholes": ArrayAgg("whole"),
}  # fmt: skip
"""What a `Column` is made of; the rows of a group come to each in the same order."""


def observations_visible_to(user: Asker) -> QuerySet[Observation]:
    """Return the values that `user` may read of the indicators that she may: what is not public of her own district.

    None is the site itself, which reads all.
    """
    if reach_of(user) is None and looked_at(user) is None:
        return Observation.objects.all()
    return Observation.objects.filter((Q(indicator__is_public=True) & shown_with_above(user)) | inside(user))


def series_of(
    indicators: Iterable[Indicator],
    *,
    since: date | None = None,
    user: Asker = None,
    only: Mapping[int, Sequence[date]] | None = None,
) -> dict[str, Series]:
    """Read the values of these indicators by code, in one query, a row for each period; `user` None reads all.

    `only` names the periods of each (its key); an indicator that it leaves out has no values.
    """
    found = {indicator.pk: Series(indicator) for indicator in indicators}
    rows = observations_visible_to(user).filter(SAYS_SOMETHING)
    rows = rows.filter(indicator__in=list(found)) if only is None else in_periods(rows, only)
    rows = rows.filter(period__gte=since) if since else rows
    columns = rows.order_by().values("indicator_id", "period").annotate(**COLUMNS)
    for key, day, *column in columns.values_list("indicator_id", "period", *COLUMNS):
        found[key].columns[day] = Column(*column)
    return {series.indicator.code: series for series in found.values()}


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


def newest_periods(indicators: Iterable[Indicator], user: Asker = None, until: date | None = None) -> dict[int, date]:
    """The newest period of each indicator that has a value which `user` may read; one look into the index each."""
    rows = observations_visible_to(user).filter(indicator=OuterRef("pk"), value__isnull=False)
    rows = rows.filter(period__lte=until) if until else rows
    newest = Subquery(rows.order_by("-period").values("period")[:1])
    found = Indicator.objects.filter(pk__in=[one.pk for one in indicators]).order_by()
    return {key: day for key, day in found.annotate(newest=newest).values_list("pk", "newest") if day is not None}


def first_periods(indicators: Iterable[Indicator], since: date) -> dict[int, date]:
    """The first period of each indicator from `since` on in which anything was said; one look into the index each."""
    rows = Observation.objects.filter(SAYS_SOMETHING, indicator=OuterRef("pk"), period__gte=since)
    first = Subquery(rows.order_by("period").values("period")[:1])
    found = Indicator.objects.filter(pk__in=[one.pk for one in indicators]).order_by()
    return {key: day for key, day in found.annotate(first=first).values_list("pk", "first") if day is not None}


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
