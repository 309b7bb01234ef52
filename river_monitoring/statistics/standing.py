"""Figures that stand until something that they were counted of changes: counted once, told from a fingerprint.

The fingerprint is of everything that they rest on: the points with their groups and what they are judged by, and for
each span how many kept rows there are and when they were written (`PointMonth.stamp`). So a figure is always of now:
nothing waits for a time to run out. Rule and limits are part of it too, as they are worded.
"""

from collections.abc import Callable
from datetime import date
from functools import cache as once_a_process
from hashlib import sha256
from typing import Any, NamedTuple

from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from river_monitoring.assessment.queries import RULES, versions_at
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.past import in_force
from river_monitoring.samples.rating import STANDARDS
from river_monitoring.standard.averages import Span
from river_monitoring.statistics.periods import By

KEPT_SECONDS = 7 * 86_400
RESTS_ON = """
SELECT (
  SELECT md5(string_agg(concat_ws(',', f.id, g.{group}, f.target, f.water, p.water, p.listed_for), ';' ORDER BY f.id))
  FROM ({facts}) f JOIN ({groups}) g ON g.id = f.id JOIN river_monitoring_monitoringpoint p ON p.id = f.id
), ARRAY(
  SELECT concat_ws(' ', month, count(*), sum(stamp)) FROM river_monitoring_pointmonth
  WHERE month BETWEEN %s AND %s GROUP BY month ORDER BY month
), ARRAY(
  SELECT concat_ws(' ', first_day, count(*), sum(stamp)) FROM river_monitoring_pointspan
  WHERE period = 'to-date' AND first_day BETWEEN %s AND %s GROUP BY first_day ORDER BY first_day
)
"""
NO_DAYS = (date.max, date.min)


class RestsOn(NamedTuple):
    """What figures rest on: the points with their groups and what they are judged by; and of each month, and of each
    year up to a month, its first day, how many rows are kept (also of other points), and the sum of their stamps."""

    points: str
    months: list[str]
    spans: list[str]


def standing(fingerprint: Callable[[], str | None], count: Callable[[], Any]) -> Any:
    """What was counted under the fingerprint, or counted now; kept only where nothing changed meanwhile."""
    key = fingerprint()
    found = cache.get(key) if key else None
    if found is None:
        found = count()
        if key and fingerprint() == key:
            cache.set(key, found, KEPT_SECONDS)
    return found


def digest(*parts: Any) -> str:
    """A key for the cache."""
    return "standing:" + sha256(repr(parts).encode()).hexdigest()


def rests_on(
    points: QuerySet[MonitoringPoint],
    span: Span,
    by: By,
    on: date,
    months: tuple[date, date],
    spans: tuple[date, date] = NO_DAYS,
) -> RestsOn | None:
    """What is counted of points in a span rests on, by the groups that they belong to in the month of `on`, and on the
    rows of the first through the last of `months` and `spans`; None where no point is asked about."""
    try:
        facts, of_facts = in_force(points, span.last_day)
        groups, of_groups = in_force(points, on)
    except EmptyResultSet:
        return None
    with connection.cursor() as cursor:
        statement = RESTS_ON.format(group=by, facts=facts, groups=groups)
        cursor.execute(statement, (*of_facts, *of_groups, *months, *spans))
        return RestsOn(*cursor.fetchone())


def versions_print(span: Span) -> str:
    """The rule and the limits that hold for a span, as they are worded."""
    standard, rule = versions_at(span)
    return _worded(standard.id, rule.id)


@once_a_process
def _worded(standard: str, rule: str) -> str:
    return digest(STANDARDS[standard], RULES[rule])
