"""Which department a matter goes to when nobody has said so yet.

A finding about a water point goes to the point's own department and one about a livelihood project to
its lead: they are answerable already. Anything else follows the rules that staff keep, the town's
before the district's. What no rule covers stays with staff.
"""

from dataclasses import dataclass

from django.db.models import F, Q
from django.utils.translation import gettext_noop

from accounts.models import Area, Department
from projects.models import Project
from river_monitoring.models import MonitoringPoint
from supervision.models import RoutingRule


@dataclass(frozen=True, slots=True)
class Route:
    """Where a matter goes, the promise in days (None: the law's period), and why, in the words that are kept."""

    department: Department | None
    days: int | None
    reason: str


def route(
    category: str,
    area: Area | None,
    point: MonitoringPoint | None = None,
    project: Project | None = None,
) -> Route:
    """Find the department; `department` is None when staff must decide."""
    rule = _rule(category, area)
    days = rule.days if rule else None
    if point is not None:
        return Route(point.department, days, gettext_noop("按点位责任部门自动交办"))
    if project is not None:
        return Route(project.lead, days, gettext_noop("按项目牵头单位自动交办"))
    if rule is not None:
        return Route(rule.department, days, gettext_noop("按类别和镇街规则自动交办"))
    return Route(None, None, gettext_noop("没有对应的交办规则，等待人大工作人员交办"))


def _rule(category: str, area: Area | None) -> RoutingRule | None:
    """Return the town's rule for the category, else the district's."""
    return (
        RoutingRule.objects.filter(Q(area=area) | Q(area=None), category=category)
        .select_related("department")
        .order_by(F("area").desc(nulls_last=True))
        .first()
    )
