"""Who may see and change works. Causes, measures with their cost, outfalls and escalations are public."""

from django.db.models import QuerySet

from accounts.models import Role
from accounts.permissions import Asker, answers_for, has_role, is_staff_of
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
    return answers_for(user, point.area, point.geom, point.department_id)


def may_move_deadline(user: Asker, point: MonitoringPoint) -> bool:
    """A department does not grant itself more time: a deadline outside the plan is the congress staff's to move."""
    return is_staff_of(user, point.area, point.geom)


def may_edit_outfall(user: Asker, outfall: Outfall) -> bool:
    """The department that supervises an outfall and the congress staff of its place keep it. Its area is known."""
    return answers_for(user, outfall.area, outfall.geom, outfall.department_id)


def may_add_outfalls(user: Asker) -> bool:
    """Whether there is any outfall that `user` may register; of this one decides `may_edit_outfall`."""
    return has_role(user, Role.OFFICER, Role.STAFF)
