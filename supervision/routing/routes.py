"""Which department a matter goes to when nobody has said so yet.

A finding about a water point goes to the point's own department and one about a livelihood project to
its lead: they are answerable already. Anything else follows the rules that staff keep (`rules_for`).
What no rule covers stays with staff.
"""

from dataclasses import dataclass

from django.contrib.gis.geos import Point
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils.translation import gettext_noop

from accounts.directory.levels import NARROW, districts, line_of
from accounts.models import Area, Department
from accounts.permissions import departments_for
from projects.models import Project
from river_monitoring.models import MonitoringPoint
from supervision.routing.models import RoutingRule


@dataclass(frozen=True, slots=True)
class Route:
    """Where a matter goes, the promise in working days (None: the law's period), and why, in the words that are kept.

    `rule` is the rule that decided; None when a point or a project did, or nothing.
    """

    department: Department | None
    days: int | None
    reason: str
    rule: RoutingRule | None = None


def route(
    category: str,
    area: Area | None,
    point: MonitoringPoint | None = None,
    project: Project | None = None,
    place: Point | None = None,
    by_kind: Department | None = None,
) -> Route:
    """Find the department of a matter at `place` (EPSG:4326) in `area`; it is None when staff must decide.

    `by_kind` answers for the kind of problem wherever it is; what is about a point or a project goes to theirs.
    """
    rule = rules_for(category, area, place).first()
    days = rule.days if rule else None
    if point is not None:
        return Route(point.department, days, gettext_noop("按点位责任部门自动交办"))
    if project is not None:
        return Route(project.lead, days, gettext_noop("按项目牵头单位自动交办"))
    if by_kind is not None and Department.objects.filter(departments_for(area), pk=by_kind.pk).exists():
        return Route(by_kind, days, gettext_noop("按问题种类自动交办"))
    if rule is None:
        return Route(None, None, gettext_noop("没有对应的交办规则，等待人大工作人员交办"))
    department = department_of(rule, area)
    if department is None:
        return Route(None, None, gettext_noop("规则交所在镇街办理，但该镇街没有登记单位，等待人大工作人员交办"), rule)
    return Route(department, days, _reason(rule), rule)


def rules_for(category: str, area: Area | None, place: Point | None = None) -> QuerySet[RoutingRule]:
    """Return the rules that cover a matter, the one that counts first.

    The smaller priority first; then a zone before a town before its district before all
    that the instance holds; then a named category before any.
    """
    inside = Q(zone__isnull=True, area=None)
    if area is not None:
        inside |= Q(zone__isnull=True, area__in=[each.pk for each in line_of(area)])
    if place is not None:
        inside |= Q(zone__intersects=place)
    wide = Case(
        When(zone__isnull=False, then=Value(0)),
        When(area__level__in=NARROW, then=Value(1)),
        When(area__isnull=False, then=Value(2)),
        default=Value(3),
    )
    covering = RoutingRule.objects.filter(inside, Q(category=category) | Q(category=""), is_active=True)
    if districts().several:  # no other district's department answers, whoever wrote the rule
        covering = covering.filter(Q(to_town=True) | Q(department__in=Department.objects.filter(departments_for(area))))
    return covering.select_related("department", "area").order_by("priority", wide, F("category").desc(), "pk")


def department_of(rule: RoutingRule, area: Area | None) -> Department | None:
    """Return who answers by `rule`: its department, or the unit of the town that the matter lies in."""
    if not rule.to_town:
        return rule.department
    return Department.objects.filter(area=area).order_by("code").first() if area else None


def _reason(rule: RoutingRule) -> str:
    if rule.to_town:
        return gettext_noop("按规则交所在镇街办理")
    if rule.zone is not None:
        return gettext_noop("按类别和划定范围规则自动交办")
    return gettext_noop("按类别和镇街规则自动交办")
