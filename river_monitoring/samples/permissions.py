"""Who may see samples (everybody) and hand them in."""

from django.db.models import QuerySet

from accounts.models import Role
from accounts.permissions import Asker, department_of, has_role, in_scope, role_of, serves
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.permissions import points_visible_to
from river_monitoring.samples.models import Sample


def samples_visible_to(user: Asker) -> QuerySet[Sample]:
    return Sample.objects.filter(point__in=points_visible_to(user))


def may_record_sample(user: Asker, point: MonitoringPoint) -> bool:
    """The point's own department and the congress staff may hand in samples."""
    if has_role(user, Role.STAFF):
        return serves(user, point.area, point.geom)
    return role_of(user) == Role.OFFICER and department_of(user) == point.department_id


def points_to_record(user: Asker) -> QuerySet[MonitoringPoint]:
    """The points that `user` may record samples for; `may_record_sample` decides the same of one point."""
    points = points_visible_to(user)
    if has_role(user, Role.STAFF):
        return in_scope(user, points, "area", "geom")
    return points.filter(department=department_of(user)) if role_of(user) == Role.OFFICER else points.none()
