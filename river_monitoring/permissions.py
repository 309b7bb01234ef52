"""Who may see and do what in river monitoring. Waters, points, classes and samples are public by law and here.

Plan documents are working papers: they are shown to people who are signed in.
"""

from typing import Any

from django.db.models import QuerySet

from accounts.models import Role
from accounts.permissions import ANONYMOUS, has_role, in_scope, role_of, serves
from river_monitoring.models import Evidence, ManagementRange, MonitoringPoint, Reach, RectificationEvent, River, Sample
from river_monitoring.steps.table import Actor

ELSEWHERE = "elsewhere"
"""The role, to the transition table, of staff whose town is another."""
PUBLIC_EVIDENCE = (Evidence.Kind.BEFORE, Evidence.Kind.AFTER)


def rivers_visible_to(user: Any) -> QuerySet[River]:
    return River.objects.all()


def reaches_visible_to(user: Any) -> QuerySet[Reach]:
    return Reach.objects.all()


def ranges_visible_to(user: Any) -> QuerySet[ManagementRange]:
    return ManagementRange.objects.filter(reach__in=reaches_visible_to(user))


def points_visible_to(user: Any) -> QuerySet[MonitoringPoint]:
    return MonitoringPoint.objects.all()


def samples_visible_to(user: Any) -> QuerySet[Sample]:
    return Sample.objects.filter(point__in=points_visible_to(user))


def events_visible_to(user: Any) -> QuerySet[RectificationEvent]:
    return RectificationEvent.objects.filter(point__in=points_visible_to(user))


def evidence_visible_to(user: Any) -> QuerySet[Evidence]:
    """Photos of the water for everybody, papers for people who are signed in."""
    evidence = Evidence.objects.filter(event__in=events_visible_to(user))
    return evidence.filter(kind__in=PUBLIC_EVIDENCE) if role_of(user) == ANONYMOUS else evidence


def actor_of(user: Any, point: MonitoringPoint | None = None) -> Actor:
    """Return who `user` is to the transition table; staff of another town than the point's are only somebody."""
    if point is not None and not serves(user, point.area, point.geom):
        return Actor(role=ELSEWHERE)
    return Actor(role=role_of(user), department=getattr(user, "department_id", None))


def may_record_sample(user: Any, point: MonitoringPoint) -> bool:
    """The point's own department and the congress staff may hand in samples."""
    if has_role(user, Role.STAFF):
        return serves(user, point.area, point.geom)
    return role_of(user) == Role.OFFICER and user.department_id == point.department_id


def points_to_record(user: Any) -> QuerySet[MonitoringPoint]:
    """The points that `user` may hand in samples for, as `may_record_sample` says of one."""
    points = points_visible_to(user)
    if has_role(user, Role.STAFF):
        return in_scope(user, points, "area", "geom")
    return points.filter(department=user.department_id) if role_of(user) == Role.OFFICER else points.none()
