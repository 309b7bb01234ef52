"""Other rooms' figures for the same area, department and time, so that one filter narrows the whole page."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import within
from projects.models import Project
from projects.permissions import projects_visible_to
from reporting.dashboard.selection import Choice
from river_monitoring.models import MonitoringPoint
from river_monitoring.permissions import points_visible_to
from river_monitoring.steps.table import OPEN

INFERIOR = 6


def figures(user: Any, choice: Choice) -> list[dict[str, Any]]:
    """Points and projects in the question's area and department: label, count, what it is a part of, and the list."""
    points, projects = _points(user, choice), _projects(user, choice)
    points_at, projects_at = _lists(choice)
    open_points = points.filter(status__in=OPEN)
    late = open_points.filter(due_on__lt=timezone.localdate()).count()
    return [
        _figure(_("劣Ⅴ类点位"), points.filter(current_class=INFERIOR).count(), points.count(), points_at),
        _figure(_("超期的治理点位"), late, open_points.count(), points_at),
        _figure(_("亮红灯的项目"), projects.filter(light="red").count(), projects.count(), projects_at),
        _figure(_("亮黄灯的项目"), projects.filter(light="yellow").count(), projects.count(), projects_at),
    ]


def on_map(user: Any, choice: Choice) -> dict[str, list[int]]:
    """Ids per tileset of the same points and projects."""
    found = {"monitoring_points": _points(user, choice), "projects": _projects(user, choice)}
    return {name: ids for name, rows in found.items() if (ids := sorted(rows.order_by().values_list("pk", flat=True)))}


def _points(user: Any, choice: Choice) -> QuerySet[MonitoringPoint]:
    points = points_visible_to(user).filter(within(choice.area) if choice.area else Q())
    return points.filter(department=choice.department) if choice.department else points


def _projects(user: Any, choice: Choice) -> QuerySet[Project]:
    projects = projects_visible_to(user).filter(within(choice.area) if choice.area else Q())
    if choice.department:
        projects = projects.filter(lead=choice.department)
    if choice.since:
        projects = projects.filter(ends_on__gte=choice.since)
    return projects.filter(starts_on__lte=choice.until) if choice.until else projects


def note() -> str:
    """What the filters do to these figures, since not every one applies to everything."""
    return _("点位按现状统计，只按镇街和单位筛选；项目按镇街、牵头单位和工期筛选。类别和答复用时只用于意见建议。")


def _figure(label: str, count: int, total: int, url: str) -> dict[str, Any]:
    return {"label": label, "count": count, "of": total, "url": url}


def _lists(choice: Choice) -> tuple[str, str]:
    """The lists behind the figures, narrowed alike where they can be."""
    place = {"area": choice.area.code} if choice.area else {}
    point = place | ({"department": choice.department.code} if choice.department else {})
    project = place | ({"lead": choice.department.code} if choice.department else {})
    return (
        f"{reverse('river:point_list')}?{urlencode(point)}",
        f"{reverse('projects:list')}?{urlencode(project)}",
    )
