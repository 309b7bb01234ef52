"""Who may file a finding, and what it may be about."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from accounts.permissions import Asker, is_deputy, role_of
from projects.models import Project
from projects.permissions import projects_visible_to
from river_monitoring.models import MonitoringPoint
from river_monitoring.permissions import points_visible_to
from stations.models import Station
from stations.permissions import stations_visible_to

REPORTERS = (Role.DEPUTY, Role.STAFF, Role.ADMIN)
REPORTERS_ONLY = _("填报需要代表或人大工作人员账号。")


def may_report(user: Asker) -> bool:
    """Tell whether `user` may file a finding."""
    return role_of(user) in REPORTERS or is_deputy(user)


def linkable_points(user: Asker) -> QuerySet[MonitoringPoint]:
    """Return the water points that `user` may link a finding to."""
    return points_visible_to(user)


def linkable_projects(user: Asker) -> QuerySet[Project]:
    """Return the projects that `user` may link a finding to."""
    return projects_visible_to(user)


def linkable(user: Asker, kind: str) -> QuerySet:
    """Return the points, projects or stations (`kind`) that `user` may link a matter to; nothing for another word."""
    by_kind = {"point": linkable_points, "project": linkable_projects, "station": stations_visible_to}
    return by_kind[kind](user) if kind in by_kind else Station.objects.none()
