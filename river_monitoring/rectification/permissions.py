"""Who may see steps and their evidence, and who somebody is to the table of steps."""

from django.db.models import Q, QuerySet

from accounts.models import Role
from accounts.permissions import ANONYMOUS, Asker, department_of, inside, reach_of, role_of, serves
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.permissions import points_visible_to
from river_monitoring.rectification.models import Escalation, Evidence, RectificationEvent
from river_monitoring.steps.standing import Actor


def escalations_visible_to(user: Asker) -> QuerySet[Escalation]:
    return Escalation.objects.filter(point__in=points_visible_to(user))


ELSEWHERE = "elsewhere"
"""The role, to the transition table, of staff whose town is another."""

PUBLIC_EVIDENCE = (Evidence.Kind.BEFORE, Evidence.Kind.AFTER)


def events_visible_to(user: Asker) -> QuerySet[RectificationEvent]:
    return RectificationEvent.objects.filter(point__in=points_visible_to(user))


def evidence_visible_to(user: Asker) -> QuerySet[Evidence]:
    """Photos of the water for everybody, papers for people of the district who are signed in."""
    evidence = Evidence.objects.filter(event__in=events_visible_to(user))
    public = Q(kind__in=PUBLIC_EVIDENCE)
    if role_of(user) == ANONYMOUS:
        return evidence.filter(public)
    if reach_of(user) is None:
        return evidence
    own = Q(event__point__department=department_of(user)) if role_of(user) == Role.OFFICER else Q(pk__in=[])
    return evidence.filter(public | own | inside(user, "event__point__area"))


def actor_of(user: Asker, point: MonitoringPoint | None = None) -> Actor:
    """Return who `user` is to the transition table; staff of another town than the point's are only somebody."""
    if point is not None and not serves(user, point.area, point.geom):
        return Actor(role=ELSEWHERE)
    return Actor(role=role_of(user), department=getattr(user, "department_id", None), person=getattr(user, "pk", None))
