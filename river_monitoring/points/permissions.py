"""Who may see monitoring points (everybody, of the district looked at), and who may change what one is judged by."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from accounts import rules
from accounts.directory.levels import districts, line_of
from accounts.looking import shown, shown_key
from accounts.models import Department, Role
from accounts.permissions import Asker, department_of, departments_for, knows_inside, role_of
from river_monitoring.points.models import MonitoringPoint

FOLLOWERS = (Role.DEPUTY, Role.OFFICER, Role.STAFF)
"""Who may follow waters and points."""


def points_visible_to(user: Asker) -> QuerySet[MonitoringPoint]:
    """Points are public; of several districts one sees those of the one looked at, a department also its own."""
    here = shown(user)
    if here and role_of(user) == Role.OFFICER and department_of(user):
        here |= Q(department=department_of(user))
    return MonitoringPoint.objects.filter(here)


def points_audience(user: Asker) -> str:
    """Name the group of people who see the same points and outfalls, for the cache of tiles."""
    own = department_of(user) if role_of(user) == Role.OFFICER and shown(user) else None
    return f"dept-{own}{shown_key(user)}" if own else f"public{shown_key(user)}"


def accepting_bodies(point: MonitoringPoint | None = None) -> QuerySet[Department]:
    """The departments that list and accept (河长办, 治水办, ecology), at a point those of its district or city.

    None until it is configured.
    """
    bodies = Department.objects.filter(code__in=rules.value("delisting.accepting_bodies")).order_by("code")
    return bodies if point is None else bodies.filter(departments_for(point.area))


def accepting_bodies_of(points: Sequence[MonitoringPoint]) -> dict[int, frozenset[int]]:
    """Return the keys of the bodies that accept at each of many points, by the point's key: one query of bodies."""
    bodies = list(accepting_bodies().values_list("pk", "area"))
    if not districts().several:
        return dict.fromkeys((point.pk for point in points), frozenset(pk for pk, _area in bodies))
    above = {point.pk: {area.pk for area in line_of(point.area)} for point in points}
    return {key: frozenset(pk for pk, area in bodies if area in areas) for key, areas in above.items()}


def may_change_point(user: Asker, point: MonitoringPoint) -> bool:
    """Tell whether `user` may change what `point` is judged by: target class, table of limits, responsible department.

    Administrators, and officers of a department that the rule `points.keepers` names, but never for a point that their
    own department answers for: nobody lowers her own target. No program may.
    """
    if getattr(user, "is_service", False):
        return False
    if role_of(user) == Role.ADMIN:
        return True
    own = department_of(user)
    if role_of(user) != Role.OFFICER or own is None or own == point.department_id:
        return False
    if not knows_inside(user, point.area):
        return False
    return Department.objects.filter(code__in=rules.value("points.keepers"), pk=own).exists()
