"""A cache of figures whose key is a fingerprint of all that they are counted from.

The fingerprint is of the points with their groups and what they are judged by, of how many kept rows each span has and
when they were written (`PointMonth.stamp`), and of the rule and the limits. When one of these changes the key does, so
what is found is never out of date and nothing waits for a time to run out.
"""

from collections.abc import Callable
from datetime import date
from functools import cache as once_per_process
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
from river_monitoring.standard.canonical import canonical
from river_monitoring.statistics.periods import By

KEPT_SECONDS = 7 * 86_400
INPUTS = """
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


class Inputs(NamedTuple):
    """What figures are counted from: the points with their groups and what they are judged by; and of each month, and
    of each year up to a month, its first day, how many rows are kept (also of other points), and the sum of their
    stamps."""

    points: str
    months: list[str]
    spans: list[str]


def cached_by(fingerprint: Callable[[], str | None], count: Callable[[], Any]) -> Any:
    """Return what is kept under the fingerprint, or count it; that is kept where nothing changed meanwhile."""
    key = fingerprint()
    found = cache.get(key) if key else None
    if found is None:
        found = count()
        if key and fingerprint() == key:
            cache.set(key, found, KEPT_SECONDS)
    return found


def fingerprint_of(*parts: Any) -> str:
    """Return a key for the cache. The `repr` of the parts must be the same in every process: no sets among them."""
    return "figures:" + sha256(repr(parts).encode()).hexdigest()


def inputs_of(
    points: QuerySet[MonitoringPoint],
    span: Span,
    by: By,
    on: date,
    months: tuple[date, date],
    spans: tuple[date, date] = NO_DAYS,
) -> Inputs | None:
    """Return what figures of points in a span are counted from, in the groups that the points belong to in the month of
    `on`, with the rows of the first through the last of `months` and `spans`; None where no point is asked about."""
    try:
        facts, of_facts = in_force(points, span.last_day)
        groups, of_groups = in_force(points, on)
    except EmptyResultSet:
        return None
    with connection.cursor() as cursor:
        statement = INPUTS.format(group=by, facts=facts, groups=groups)
        cursor.execute(statement, (*of_facts, *of_groups, *months, *spans))
        return Inputs(*cursor.fetchone())


def versions_fingerprint(span: Span) -> str:
    """Return the fingerprint of the limits and the rule that hold for a span."""
    standard, rule = versions_at(span)
    return _of_versions(standard.id, rule.id)


@once_per_process
def _of_versions(standard: str, rule: str) -> str:
    return fingerprint_of(canonical(STANDARDS[standard]), canonical(RULES[rule]))
