"""Points that are judged alike in a span as one, counted by the database: what tables of groups of points count.

The database puts kept rows together by what they say. Whether such a row holds, and what it says of a target, is said
by `judgement`, once for all that are alike; points whose rows do not hold are judged anew in full.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from river_monitoring.assessment.judgement import (
    OF_MONTH,
    OF_SPAN,
    Judgement,
    Kept,
    judge_kept,
    judge_month,
    judge_to_date,
    kept_of_month,
    kept_of_span,
    target_of,
    versions_of,
)
from river_monitoring.assessment.queries import Scheme
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.past import in_force
from river_monitoring.standard.averages import Span
from river_monitoring.standard.evaluation import Water

Group = Literal["town", "river", "department"]


class Alike(NamedTuple):
    """Points of one group (its key; None: of none) that are judged alike, and the keys of the rows with their means.

    Of these `judgement.samples` says only whether there are any. Without rows the means stand in the judgement.
    """

    group: int | None
    judgement: Judgement
    size: int
    rows: Sequence[int] = ()


ALIKE = """
SELECT g.{group}, f.water, f.target, {in_doubt} AS in_doubt, {columns}, array_agg(f.id), array_agg(r.id)
FROM ({facts}) f JOIN ({groups}) g ON g.id = f.id
LEFT JOIN LATERAL ({rows}) r(id, first_day, {columns}) ON true
GROUP BY g.{group}, f.water, f.target, in_doubt, {columns}
"""
MONTH_OF_POINT = """
SELECT r.id, r.month, r.rule, r.standard, r.target_class, r.water_class, r.is_complete, least(r.samples, 1),
  r.missing, r.blind, r.values <> '{}', r.means IS NOT NULL
FROM river_monitoring_pointmonth r WHERE r.point_id = f.id AND r.month = %s
"""
IN_DOUBT = """
CASE WHEN r.id IS NULL THEN EXISTS (
  SELECT FROM river_monitoring_pointmonth m WHERE m.point_id = f.id AND m.month BETWEEN %s AND %s
) WHEN r.first_day < %s THEN EXISTS (
  SELECT FROM river_monitoring_pointchange c WHERE c.point_id = f.id
    AND (c.at AT TIME ZONE %s)::date > r.first_day AND (c.at AT TIME ZONE %s)::date <= %s
) ELSE false END
"""
"""Of the year up to a month: without a row there may be months of before it was kept, and after the month of the row
there may have been a change of what the point is judged by."""
YEAR_OF_POINT = """
SELECT r.id, r.first_day, r.rule, r.standard, r.target_class, r.water_class, r.is_complete, least(r.samples, 1),
  r.reason, r.lacking
FROM river_monitoring_pointspan r
WHERE r.point_id = f.id AND r.period = 'to-date' AND r.first_day BETWEEN %s AND %s ORDER BY r.first_day DESC LIMIT 1
"""
JSON_COLUMNS = ("missing", "blind", "lacking")


class _Rows(NamedTuple):
    """SQL of the kept row of a point `f`, its columns by name, and SQL of whether it, or that there is none, is in
    doubt; each with its parameters."""

    names: Sequence[str]
    rows: str
    given: Sequence[Any]
    in_doubt: str = "false"
    given_doubt: Sequence[Any] = ()


def count_month(
    points: QuerySet[MonitoringPoint], month: Span, by: Group, on: date, scheme: Scheme = "all"
) -> Iterator[Alike]:
    """Count points in a month as `judge_month` judges them, by the groups that they belong to in the month of `on`."""
    found = _together(points, month, by, on, _Rows(OF_MONTH, MONTH_OF_POINT, (month.first_day,)))
    return _judged(found, versions_of(month), kept_of_month, lambda each: judge_month(each, month, scheme), scheme)


def count_to_date(
    points: QuerySet[MonitoringPoint], month: Span, by: Group, on: date, scheme: Scheme = "all"
) -> Iterator[Alike]:
    """Count points in the year of a month up to its end as `judge_to_date` judges them."""
    first, last, zone = month.first_day.replace(month=1), month.first_day, timezone.get_current_timezone_name()
    rows = _Rows(OF_SPAN, YEAR_OF_POINT, (first, last), IN_DOUBT, (first, last, last, zone, zone, last))
    found, versions = _together(points, month, by, on, rows), versions_of(Span(month.year, 1, "year"))
    return _judged(found, versions, kept_of_span, lambda each: judge_to_date(each, month, scheme), scheme)


class _Together(NamedTuple):
    """Points put together: their group, by what they are judged, what their rows say (None: no row), and the keys."""

    group: int | None
    water: Water
    target: int
    in_doubt: bool
    columns: Sequence[Any] | None
    points: Sequence[int]
    rows: Sequence[int]


def _together(points: QuerySet[MonitoringPoint], month: Span, by: Group, on: date, kept: _Rows) -> list[_Together]:
    try:
        facts, of_facts = in_force(points, month.last_day)
        groups, of_groups = in_force(points, on)
    except EmptyResultSet:
        return []
    columns = ", ".join(connection.ops.quote_name(name) for name in kept.names)
    parts = {"facts": facts, "groups": groups, "rows": kept.rows, "columns": columns}
    with connection.cursor() as cursor:
        cursor.execute(
            ALIKE.format(group=by, in_doubt=kept.in_doubt, **parts),
            (*kept.given_doubt, *of_facts, *of_groups, *kept.given),
        )
        return [_as_together(kept.names, row) for row in cursor.fetchall()]


def _as_together(names: Sequence[str], row: Sequence[Any]) -> _Together:
    group, water, target, in_doubt, *columns, points, rows = row
    if rows[0] is None:
        return _Together(group, water, target, in_doubt, None, points, ())
    read = [json.loads(value) if name in JSON_COLUMNS else value for name, value in zip(names, columns, strict=True)]
    return _Together(group, water, target, in_doubt, read, points, rows)


def _judged(
    found: Sequence[_Together],
    versions: tuple[str, str],
    kept_of: Callable[[Sequence[Any]], Kept | None],
    anew: Callable[[QuerySet[MonitoringPoint]], Mapping[int, Judgement]],
    scheme: Scheme,
) -> Iterator[Alike]:
    others: dict[int, int | None] = {}
    for each in found:
        judgement = None if each.in_doubt or scheme != "all" else _judgement(each, versions, kept_of)
        if judgement:
            yield Alike(each.group, judgement, len(each.points), each.rows)
        else:
            others |= dict.fromkeys(each.points, each.group)
    if others:
        points = MonitoringPoint.objects.filter(pk__in=list(others)).defer("geom")
        yield from (
            Alike(others[pk], judgement, 1, [judgement.row] if judgement.row else ())
            for pk, judgement in anew(points).items()
        )


def _judgement(
    each: _Together, versions: tuple[str, str], kept_of: Callable[[Sequence[Any]], Kept | None]
) -> Judgement | None:
    if each.columns is None:
        return Judgement(target=target_of(each.target), water=each.water)
    return judge_kept(kept_of(each.columns), each.target, each.water, versions)
