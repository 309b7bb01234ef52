"""Values that the rooms' own records give: measured by the one definition of `reporting.indicators.room_figures`.

The numbers page and the quarterly report measure with the same definition, so the same figure stands in all of them.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

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
from reporting.observations.models import Way


def measure_rooms(today: date, *, back: int = 1, at: datetime | None = None) -> int:
    """Measure every indicator that the rooms give, in the period of `today` and so many before it; values changed."""
    rows = Indicator.objects.filter(way=Indicator.Way.ROOM)
    return sum(measure_indicator(indicator, today, back=back, at=at) for indicator in rows)


def measure_indicator(indicator: Indicator, today: date, *, back: int = 1, at: datetime | None = None) -> int:
    """Measure one indicator by area and period; what has no day of its own counts for the period of `today` alone."""
    last = periods.start_of(indicator.period_kind, today)
    first = periods.shift(indicator.period_kind, last, -back)
    until = periods.end_of(indicator.period_kind, last)
    source, definition = source_of(indicator.figure), figure(indicator.figure)
    dated = list(source.cases(SITE, Scope(since=first, until=until), today))
    if any(case.day is None for case in dated):
        found = {last: dated}
    else:
        found = {}
        for case in dated:
            found.setdefault(periods.start_of(indicator.period_kind, case.day), []).append(case)
    ratios = [
        (area, day, definition.of(cases))
        for day, all_cases in found.items()
        for area, cases in _by_area(indicator, all_cases)
    ]
    values = ((area, day, value_of(indicator, ratio), ratio.whole) for area, day, ratio in ratios)
    return store_measured(indicator, values, Way.ROOM, at or timezone.now())


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


def value_of(indicator: Indicator, ratio: Ratio) -> Decimal | None:
    """A share as the whole percentage that the numbers page shows, or the count; None where there are too few."""
    if indicator.unit != "%":
        return Decimal(ratio.part)
    return None if ratio.percent is None else Decimal(ratio.percent)
