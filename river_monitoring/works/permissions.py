"""Who may see and change works. Causes, measures with their cost, outfalls and escalations are public."""

from django.db.models import Q, QuerySet

from accounts.looking import shown
from accounts.models import Role
from accounts.permissions import Asker, answers_for, department_of, has_role, is_officer_of
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.permissions import accepting_bodies, points_visible_to
from river_monitoring.works.models import Measure, Outfall, WorkEvent


def outfalls_visible_to(user: Asker) -> QuerySet[Outfall]:
    here = shown(user)
    if here and has_role(user, Role.OFFICER) and department_of(user):
        here |= Q(department=department_of(user))
    return Outfall.objects.filter(here)


def measures_visible_to(user: Asker) -> QuerySet[Measure]:
    return Measure.objects.filter(point__in=points_visible_to(user))


def work_events_visible_to(user: Asker) -> QuerySet[WorkEvent]:
    return WorkEvent.objects.all()


def may_work_on(user: Asker, point: MonitoringPoint) -> bool:
    """The responsible department alone orders works: causes and measures are its own. The congress objects."""
    return is_officer_of(user, point.department_id)


def may_move_deadline(user: Asker, point: MonitoringPoint) -> bool:
    """A department grants itself no more time: outside its plan an accepting body moves the deadline, not its own."""
    own = department_of(user)
    if own is None or own == point.department_id or not is_of_a_body(user):
        return False
    return accepting_bodies(point).filter(pk=own).exists()


def is_of_a_body(user: Asker) -> bool:
    """Whether `user` is an officer of an accepting body."""
    own = department_of(user)
    return has_role(user, Role.OFFICER) and own is not None and accepting_bodies().filter(pk=own).exists()


def may_edit_outfall(user: Asker, outfall: Outfall) -> bool:
    """The department that supervises an outfall and the congress staff of its place keep it. Its area is known."""
    return answers_for(user, outfall.area, outfall.geom, outfall.department_id)


def may_add_outfalls(user: Asker) -> bool:
    """Whether there is any outfall that `user` may register; of this one decides `may_edit_outfall`."""
    return has_role(user, Role.OFFICER, Role.STAFF)
