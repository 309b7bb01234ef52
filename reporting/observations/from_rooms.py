"""Values that the rooms' own records give: measured by the one definition of `reporting.indicators.room_figures`.

The numbers page and the quarterly report measure with the same definition, so the same figure stands in all of them.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.directory.levels import district_or_above, districts
from accounts.district import area_rows
from accounts.indicators import Ratio, Scope
from accounts.models import Area
from ledger.actors import SITE
from reporting.indicators import periods
from reporting.indicators.models import Indicator
from reporting.indicators.room_figures import group, source_of
from reporting.indicators.room_figures import indicator as figure
from reporting.observations.measured import store_measured
from reporting.observations.models import Observation, Way


def measure_rooms(today: date, *, back: int | None = None, at: datetime | None = None) -> int:
    """Measure every indicator that the rooms give; values changed. `back` as in `measure_indicator`."""
    rows = Indicator.objects.filter(way=Indicator.Way.ROOM)
    return sum(measure_indicator(indicator, today, back=back, at=at) for indicator in rows)


def measure_indicator(indicator: Indicator, today: date, *, back: int | None = None, at: datetime | None = None) -> int:
    """Measure one indicator by area and period; what has no day of its own counts for the period of `today` alone.

    Besides that period so many before it; without `back` all that have a value, because a matter of an old one may be
    answered, or become overdue, today; and of an indicator that has no values yet all that there are.
    """
    definition = figure(indicator.figure)
    found, among = _measured(indicator, today, back)
    values = [
        (area, day, *_value_and_whole(indicator, definition.of(cases)))
        for day, all_cases in found.items()
        for area, cases in _by_area(indicator, all_cases)
    ]
    nothing = _value_and_whole(indicator, definition.of([]))
    return store_measured(indicator, values, Way.ROOM, at or timezone.now(), among=among, nothing=nothing)


def _measured(
    indicator: Indicator, today: date, back: int | None
) -> tuple[dict[date, list[Any]], QuerySet[Observation]]:
    """What is counted in each period, and the values that stand in the periods that are measured."""
    kind, stands = indicator.period_kind, indicator.observations.all()
    last = periods.start_of(kind, today)
    first = _first(indicator, last, back)
    source = source_of(indicator.figure)
    cases = list(source.cases(SITE, Scope(since=first, until=periods.end_of(kind, last)), today))
    if not cases or not _are_dated(cases):
        # What is counted as it stands now is not narrowed to days: what is late for long is still late.
        now = list(source.cases(SITE, Scope(), today))
        if not now or not _are_dated(now):
            return ({last: now} if now else {}), stands.filter(period=last)
    found: dict[date, list[Any]] = {}
    for case in cases:
        found.setdefault(periods.start_of(kind, case.day), []).append(case)
    if first is None:
        return found, stands
    return {day: some for day, some in found.items() if day >= first}, stands.filter(period__gte=first)


def _are_dated(cases: Iterable[Any]) -> bool:
    return all(case.day is not None for case in cases)


def _first(indicator: Indicator, last: date, back: int | None) -> date | None:
    """The first period that is measured; None for all that there are."""
    if back is not None:
        return periods.shift(indicator.period_kind, last, -back)
    oldest = indicator.observations.order_by("period").values_list("period", flat=True).first()
    return None if oldest is None else min(oldest, periods.shift(indicator.period_kind, last, -1))


def _by_area(indicator: Indicator, cases: list[Any]) -> Iterable[tuple[Area, list[Any]]]:
    by_code = group(cases, lambda case: case.area[0])
    if indicator.level == Area.Level.DISTRICT and not districts().several:
        district = area_rows().first()
        return [(district, cases)] if district is not None else []
    if indicator.level == Area.Level.DISTRICT:
        return _by_district(by_code)
    areas = Area.objects.filter(level=indicator.level, code__in=by_code)
    return [(area, by_code[area.code]) for area in areas]


def _by_district(by_code: Mapping[str, list[Any]]) -> list[tuple[Area, list[Any]]]:
    """Each district with the cases of its towns; what names no town is of none."""
    found: dict[int, tuple[Area, list[Any]]] = {}
    for town in Area.objects.filter(code__in=by_code).select_related("parent__parent"):
        district = district_or_above(town)
        if district is not None and district.level == Area.Level.DISTRICT:
            found.setdefault(district.pk, (district, []))[1].extend(by_code[town.code])
    return list(found.values())


def _value_and_whole(indicator: Indicator, ratio: Ratio) -> tuple[Decimal | None, int]:
    return value_of(indicator, ratio), ratio.whole


def value_of(indicator: Indicator, ratio: Ratio) -> Decimal | None:
    """A share as the whole percentage that the numbers page shows, or the count; None where there are too few."""
    if indicator.unit != "%":
        return Decimal(ratio.part)
    return None if ratio.percent is None else Decimal(ratio.percent)
