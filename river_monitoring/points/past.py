"""What a point was judged by in a month: target class, table of limits and responsible department as in force then.

A change (`PointChange`) counts from the first month that begins on its day or later, so that a month is judged by one
target and one table, and no change, in either direction, reaches back.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple, cast

from django.db.models import QuerySet
from django.utils import timezone

from river_monitoring.points.models import MonitoringPoint, PointChange
from river_monitoring.standard.evaluation import Water
from ui.days import midnight_after

NAMES = ("target_before", "water_before", "department_before__code", "department_before__name")


class _Change(NamedTuple):
    day: date
    target: int
    """What was in force until then, as are the others."""
    water: str
    department: tuple[str, str]


def read_changes(points: Iterable[MonitoringPoint]) -> None:
    """Read the changes of many points at once, for the questions below; a point that was asked keeps them."""
    wanted = {point.pk: point for point in points if not hasattr(point, "_past_changes")}
    if not wanted:  # asked for every sample of a long series
        return
    found: dict[int, list[_Change]] = defaultdict(list)
    rows = PointChange.objects.filter(point__in=list(wanted)).order_by("at", "pk").values_list("point", "at", *NAMES)
    for pk, at, target, water, code, name in rows:
        found[pk].append(_Change(timezone.localdate(at), target, water, (code, name)))
    for pk, point in wanted.items():
        point._past_changes = found[pk]  # type: ignore[attr-defined]


def use_changes(point: MonitoringPoint, rows: Iterable[PointChange]) -> None:
    """The same for one point whose changes are read already, in the order of time, with their departments."""
    point._past_changes = [  # type: ignore[attr-defined]
        _Change(
            timezone.localdate(row.at),
            row.target_before,
            row.water_before,
            (row.department_before.code, row.department_before.name),
        )
        for row in rows
    ]


def forget_changes(point: MonitoringPoint) -> None:
    """A change was written: read anew at the next question."""
    point.__dict__.pop("_past_changes", None)


def target_on(point: MonitoringPoint, day: date) -> int:
    """The target class by which the month of `day` is judged."""
    change = _first_after(point, day)
    return change.target if change else point.target_class


def water_on(point: MonitoringPoint, day: date) -> Water:
    """The table of limits, of rivers or of lakes, by which the month of `day` is judged."""
    change = _first_after(point, day)
    return cast(Water, change.water if change else point.water)


def department_on(point: MonitoringPoint, day: date) -> tuple[str, str]:
    """Code and name of the department that answered for the point in the month of `day`."""
    change = _first_after(point, day)
    return change.department if change else (point.department.code, point.department.name)


def _first_after(point: MonitoringPoint, day: date) -> _Change | None:
    read_changes([point])
    begin = day.replace(day=1)
    return next((change for change in point._past_changes if change.day > begin), None)  # type: ignore[attr-defined]


IN_FORCE = """
SELECT p.id, p.town, p.river, coalesce(c.department, p.department) AS department,
  coalesce(c.target, p.target) AS target, coalesce(c.water, p.water) AS water
FROM ({points}) p(id, town, river, department, target, water)
LEFT JOIN ({changes}) c(point, department, target, water) ON c.point = p.id
"""


def in_force(points: QuerySet[MonitoringPoint], day: date) -> tuple[str, tuple[Any, ...]]:
    """SQL of the points as they were judged in the month of `day`, and its parameters, for many counted at once.

    Columns: id, keys of town, river and department, target, water; they are `target_on`, `water_on`, `department_on`.
    """
    after = midnight_after(day.replace(day=1))
    changes = PointChange.objects.filter(at__gte=after).order_by("point", "at", "pk").distinct("point")
    before = changes.values_list("point", "department_before", "target_before", "water_before")
    own = points.order_by().values_list("pk", "area", "river", "department", "target_class", "water")
    (of_points, given), (of_changes, more) = own.query.sql_with_params(), before.query.sql_with_params()
    return IN_FORCE.format(points=of_points, changes=of_changes), (*given, *more)
