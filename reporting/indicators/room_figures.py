"""Every figure that the rooms offer, measured by its one definition, over an area, a department and a period."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from importlib import import_module
from typing import Any

from django.conf import settings

from accounts.indicators import Indicator, Ratio, Scope, Source
from accounts.permissions import Asker
from ledger.actors import Site

MATTERS = "matters"
"""The source of `supervision.indicators`: what the numbers page and the report's chapter on suggestions count."""
KEYS: dict[str, Callable[[Any], str]] = {
    "area": lambda case: case.area[0],
    "department": lambda case: case.department[0],
    "category": lambda case: case.category,
    "month": lambda case: f"{case.day:%Y-%m}" if case.day else "",
}
"""What cases may be grouped by: a code, or a month as ``2026-03``."""


@cache
def sources() -> dict[str, Source]:
    """What the rooms of `settings.INDICATORS` count, by code, in their order."""
    found = (source for path in settings.INDICATORS for source in import_module(path).SOURCES)
    return {source.code: source for source in found}


def indicator(code: str) -> Indicator:
    """Return the definition of that code. Raises KeyError when no room offers it."""
    return {each.code: each for source in sources().values() for each in source.indicators}[code]


def in_report(code: str) -> list[Indicator]:
    """Return the indicators over that source which the quarterly report has too."""
    return [each for each in sources()[code].indicators if each.in_report]


def source_of(code: str) -> Source:
    """Return what the indicator of that code counts. Raises KeyError when no room offers it."""
    return {each.code: source for source in sources().values() for each in source.indicators}[code]


def cases_of(source: Source, asker: Asker | Site, scope: Scope, today: date, by: str = "") -> Iterable[Any]:
    """What a source counts, for grouping by one of `KEYS` only; alike cases are one where the source offers that."""
    return cases_by(source, asker, scope, today, [by])[by]


def cases_by(
    source: Source, asker: Asker | Site, scope: Scope, today: date, bys: Sequence[str]
) -> Mapping[str, Iterable[Any]]:
    """The same for each of some groupings; what is counted is read once for all of them."""
    if source.alike:
        return source.alike(asker, scope, today, bys)
    found = list(source.cases(asker, scope, today))
    return {by: found for by in bys}  # noqa: C420 - nobody changes the list


def measure(code: str, asker: Asker | Site, scope: Scope, today: date) -> Ratio:
    """Measure one indicator over everything that `asker` may see of `scope`."""
    return indicator(code).of(cases_of(source_of(code), asker, scope, today))


def measure_by(code: str, key: str, asker: Asker | Site, scope: Scope, today: date) -> dict[str, Ratio]:
    """Measure one indicator for each area, department, category or month (`KEYS`); "" holds what has none."""
    definition = indicator(code)
    grouped = group(cases_of(source_of(code), asker, scope, today, key), KEYS[key])
    return {name: definition.of(cases) for name, cases in grouped.items()}


def group(cases: Iterable[Any], key: Callable[[Any], str]) -> dict[str, list[Any]]:
    """Put cases into groups, in the order in which their keys first come."""
    found: dict[str, list[Any]] = defaultdict(list)
    for case in cases:
        found[key(case)].append(case)
    return dict(found)
