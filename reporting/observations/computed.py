"""Values of indicators that are formulas over others, computed anew where something that they rest on was written."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q

from ledger.locks import wait_turn
from reporting.indicators import formulas
from reporting.indicators.models import Indicator
from reporting.observations.models import Observation, Way
from reporting.observations.series import is_enough

type Cell = tuple[int | None, int | None, date]
"""Area or feature (its key), the other None, and period."""


def wait_for(indicators: Iterable[int]) -> None:
    """Wait until no other transaction writes values of these indicators (keys), or of those computed from them.

    Two that write two parts of a formula at once would each compute it without the other's.
    """
    keys = set(indicators)
    computed = list(Indicator.objects.filter(way=Indicator.Way.FORMULA))
    codes = set(Indicator.objects.filter(pk__in=keys).values_list("code", flat=True)) if computed else set()
    for one in in_order(computed):
        if codes.intersection(formulas.names_in(one.formula)):
            codes.add(one.code)
            keys.add(one.pk)
    for key in sorted(keys):
        wait_turn("reporting.values", key)


def compute_anew(written: Iterable[Observation], at: datetime) -> int:
    """Compute what rests on these values, and what rests on that; how many values changed."""
    touched: dict[int, set[Cell]] = defaultdict(set)
    for row in written:
        touched[row.indicator_id].add((row.area_id, row.feature_id, row.period))
    if not touched:
        return 0
    computed = list(Indicator.objects.filter(way=Indicator.Way.FORMULA))
    codes = dict(Indicator.objects.filter(pk__in=touched).values_list("code", "pk")) if computed else {}
    count = 0
    for indicator in in_order(computed):
        names = formulas.names_in(indicator.formula)
        cells = set().union(*(touched[codes[name]] for name in names if name in codes))
        if cells:
            count += store_computed(indicator, names, cells, at)
            codes[indicator.code] = indicator.pk
            touched[indicator.pk] |= cells
    return count


def store(rows: Iterable[Observation]) -> None:
    """Write values: the new ones together, a changed one by itself."""
    new: list[Observation] = []
    for row in rows:
        if row._state.adding:
            new.append(row)
        else:
            row.save()
    Observation.objects.bulk_create(new, batch_size=2_000)


def in_order(computed: list[Indicator]) -> list[Indicator]:
    """Put formulas behind those that they name; circles were refused when they were saved."""
    by_code = {one.code: one for one in computed}
    found: dict[str, Indicator] = {}

    def take(indicator: Indicator) -> None:
        if indicator.code in found:
            return
        for name in formulas.names_in(indicator.formula):
            if name in by_code and name != indicator.code:
                take(by_code[name])
        found[indicator.code] = indicator

    for one in computed:
        take(one)
    return list(found.values())


def store_computed(indicator: Indicator, names: list[str], cells: set[Cell], at: datetime) -> int:
    """Compute an indicator for these places and periods; a value that stays is not written. How many were written.

    A part out of too few is no value here either: what is computed would tell it.
    """
    here = _in_cells(cells)
    parts: dict[Cell, dict[str, float | None]] = defaultdict(lambda: dict.fromkeys(names))
    used = {one.pk: one for one in Indicator.objects.filter(code__in=names)}
    rows = Observation.objects.filter(here, indicator__in=used)
    for key, area, feature, day, value, whole in rows.values_list(
        "indicator_id", "area_id", "feature_id", "period", "value", "whole"
    ):
        if value is not None and is_enough(used[key], whole):
            parts[area, feature, day][used[key].code] = float(value)
    known = {
        (row.area_id, row.feature_id, row.period): row for row in Observation.objects.filter(here, indicator=indicator)
    }
    written: list[Observation] = []
    for cell in sorted(cells, key=lambda one: (one[0] or 0, one[1] or 0, one[2])):
        result = formulas.compute(indicator.formula, parts[cell])
        value = None if result is None else round(Decimal(str(result)), max(indicator.decimals, 2))
        row = known.get(cell) or Observation(indicator=indicator, area_id=cell[0], feature_id=cell[1], period=cell[2])
        if row.value == value:
            continue
        written.append(row)
        row.value, row.way, row.said_at, row.said_by, row.reason = value, Way.FORMULA, at, None, ""
    store(written)
    return len(written)


def _in_cells(cells: set[Cell]) -> Q:
    """Match the places and periods of cells."""
    areas = {area for area, _feature, _day in cells if area is not None}
    features = {feature for _area, feature, _day in cells if feature is not None}
    return (Q(area__in=areas) | Q(feature__in=features)) & Q(period__in={day for _area, _feature, day in cells})
