"""Who may see and change works. Causes, measures with their cost, outfalls and escalations are public."""

from django.db.models import QuerySet

from accounts.models import Role
from accounts.permissions import Asker, department_of, has_role, role_of, serves
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.permissions import points_visible_to
from river_monitoring.works.models import Measure, Outfall, WorkEvent


def outfalls_visible_to(user: Asker) -> QuerySet[Outfall]:
    return Outfall.objects.all()


def measures_visible_to(user: Asker) -> QuerySet[Measure]:
    return Measure.objects.filter(point__in=points_visible_to(user))


def work_events_visible_to(user: Asker) -> QuerySet[WorkEvent]:
    return WorkEvent.objects.all()


def may_work_on(user: Asker, point: MonitoringPoint) -> bool:
    """The point's own department and the congress staff keep its causes and measures."""
    if has_role(user, Role.STAFF):
        return serves(user, point.area, point.geom)
    return _is_officer_of(user, point.department_id)


def may_move_deadline(user: Asker) -> bool:
    """A department does not grant itself more time: a deadline outside the plan is the congress staff's to move."""
    return has_role(user, Role.STAFF)


def may_edit_outfall(user: Asker, outfall: Outfall) -> bool:
    if has_role(user, Role.STAFF):
        return serves(user, outfall.area, outfall.geom)
    return _is_officer_of(user, outfall.department_id)


def may_add_outfall(user: Asker) -> bool:
    return has_role(user, Role.OFFICER, Role.STAFF)


def _is_officer_of(user: Asker, department_id: int) -> bool:
    return role_of(user) == Role.OFFICER and department_of(user) == department_id
