"""Points as they were judged in a month, quarter or year, with their groups: what tables of classes are counted from.

They are read of the kept rows, without their means; points whose rows do not hold are assessed anew in full.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from river_monitoring.assessment.alike import Group
from river_monitoring.assessment.judgement import (
    OF_MONTH,
    OF_SPAN,
    Judgement,
    Kept,
    judge_kept,
    judged,
    kept_of_month,
    kept_of_span,
    target_of,
    versions_of,
    with_contents,
)
from river_monitoring.assessment.kept import KEPT_PERIODS, assess_kept, means_kept, rows_in
from river_monitoring.assessment.models import PointMonth
from river_monitoring.assessment.queries import versions_at
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.past import in_force
from river_monitoring.standard.averages import Mean, Span
from river_monitoring.standard.evaluation import Water


class JudgedPoint(NamedTuple):
    """A point in a span: its code, the key of its group (None: of none), how it was judged, and the items that were
    worse than the reference class."""

    code: str
    group: int | None
    judgement: Judgement
    exceeding: Sequence[str] = ()


class _Fact(NamedTuple):
    """What a point was judged by in the last month of a span."""

    code: str
    group: int | None
    water: Water
    target: int


FACTS = """
SELECT f.id, p.code, f.{group}, f.water, f.target
FROM ({facts}) f JOIN river_monitoring_monitoringpoint p ON p.id = f.id ORDER BY p.code
"""


def judge_points(points: QuerySet[MonitoringPoint], span: Span, by: Group) -> dict[int, JudgedPoint]:
    """Judge points in a month, quarter or year, by their keys and in the order of their codes."""
    facts = _facts(points, span, by)
    if span.period not in KEPT_PERIODS:
        return _in_full(list(facts), facts, span)
    kept, versions, found = _kept(points, span), versions_of(span), {}
    for pk, fact in facts.items():
        if pk not in kept:
            found[pk] = JudgedPoint(fact.code, fact.group, Judgement(target=target_of(fact.target), water=fact.water))
            continue
        row, says, exceeding = kept[pk]
        judgement = judge_kept(says, fact.target, fact.water, versions, row)
        if judgement and exceeding is not None:
            found[pk] = JudgedPoint(fact.code, fact.group, judgement, exceeding)
    found |= _in_full([pk for pk in facts if pk not in found], facts, span)
    return {pk: found[pk] for pk in facts}


def _facts(points: QuerySet[MonitoringPoint], span: Span, by: Group) -> dict[int, _Fact]:
    try:
        facts, given = in_force(points, span.last_day)
    except EmptyResultSet:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(FACTS.format(group=by, facts=facts), given)
        return {pk: _Fact(*fact) for pk, *fact in cursor.fetchall()}


def _kept(points: QuerySet[MonitoringPoint], span: Span) -> dict[int, tuple[int, Kept | None, Sequence[str] | None]]:
    """Of each point the key of its row, what that says, and the items that exceeded."""
    rows: QuerySet[Any] = rows_in([span]).filter(point__in=points.order_by())
    if span.period == "month":
        read = with_contents(rows).values_list("point", "pk", "exceeding", *OF_MONTH)
        return {pk: (row, kept_of_month(columns), exceeding) for pk, row, exceeding, *columns in read}
    read = rows.values_list("point", "pk", "exceeding", *OF_SPAN)
    return {pk: (row, kept_of_span(columns), exceeding) for pk, row, exceeding, *columns in read}


def _in_full(keys: Sequence[int], facts: Mapping[int, _Fact], span: Span) -> dict[int, JudgedPoint]:
    if not keys:
        return {}
    reference = versions_at(span)[0].reference
    assessed = assess_kept(MonitoringPoint.objects.filter(pk__in=keys).defer("geom"), span)
    return {
        pk: JudgedPoint(facts[pk].code, facts[pk].group, judged(found), found.evaluation.exceeding(reference))
        for pk, found in assessed.items()
    }


def means_of(found: Sequence[Judgement], span: Span) -> list[Mapping[str, Mean]]:
    """The means of points that were judged in a span, in their order; in one query."""
    keys = [each.row for each in found if each.row is not None]
    rows: QuerySet[Any] = rows_in([span]).filter(pk__in=keys) if keys else PointMonth.objects.none()
    kept = {pk: means_kept(means) for pk, means in rows.values_list("pk", "means")}
    return [each.means if each.row is None else kept.get(each.row, {}) for each in found]
