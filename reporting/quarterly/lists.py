"""The lists behind the figures of a report.

Each room has the list that a figure counts, with the same filter; here it is asked for with the report's span. A
document keeps addresses within the site; `outside` alone makes them absolute, whatever file they stand in.
"""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.urls import reverse

from accounts.directory.levels import districts
from accounts.models import Area
from accounts.notices.links import absolute, opens_something
from reporting.dashboard.selection import Selection, list_address
from river_monitoring.standard.averages import Span
from river_monitoring.statistics.counted import addresses
from river_monitoring.statistics.periods import By
from stations.statistics.queries import Scope, days_url

BEING_BUILT = "under-way"
"""The figure of projects whose light counts (`projects.plan.statistics.FIGURES`)."""


def outside(url: str) -> str:
    """The address as whoever is handed the file reaches it; empty for none.

    Only what lies on this site, and nothing that an address alone would open: a report is handed on.
    """
    on_site = url.startswith("/") and not url.startswith("//")
    return absolute(url) if on_site and not opens_something(url) else ""


def of_points(span: Span, by: By = "town", group: str = "") -> dict[str, str]:
    """By figure (`statistics.counted.FIGURES`, ``class_4``) the points of a group (its code; "": of all) in a span."""
    return addresses(reverse("river:statistics_points"), {"period": span.period, "span": span, "by": by}, group)


def of_points_now(**narrowed: str) -> str:
    """Points as they stand: all, of a ``status``, or with ``overdue="true"``."""
    return _asked("river:point_list", narrowed)


def of_matters(span: Span, figure: str = "", **narrowed: str) -> str:
    """Matters submitted in a span that a figure counts, of a ``department`` (its code) or ``category``."""
    return list_address(Selection(since=span.first_day, until=span.last_day).query(**narrowed), figure)


def of_overdue_matters(department: str = "") -> str:
    """All matters that should have been answered by now, whenever they were submitted."""
    return list_address(Selection().query(department=department), "overdue")


def of_projects(year: int, **narrowed: str) -> str:
    """Projects of a year: ``figure``, ``light``, and codes of ``lead`` and ``area``."""
    return _asked("projects:list", {"year": str(year), **narrowed})


def _asked(page: str, query: Mapping[str, str]) -> str:
    asked = urlencode({name: value for name, value in query.items() if value})
    return f"{reverse(page)}?{asked}" if asked else reverse(page)


def of_receptions(scope: Scope) -> str:
    """Receptions held; none for an area that is no town where there are several districts, as no list knows it."""
    area = scope.area
    if isinstance(area, Area) and area.level != Area.Level.TOWN:
        return "" if districts().several else days_url(Scope(scope.since, scope.until))
    return days_url(scope)
