"""River chiefs (河长) by level: who answers for a water, a reach or a point, and who may see whose telephone.

浙江省河长制规定 (2017): province, city, county, town and village; chief lists and their office lines are public. Mobile
numbers are not: only people who work with the chiefs see them.
"""

from collections.abc import Iterable

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from accounts.looking import looked_at
from accounts.models import Area, Role
from accounts.permissions import Asker, has_role, knows_inside, within
from river_monitoring.network.models import Chief, Reach, River
from river_monitoring.points.models import MonitoringPoint

RANK = {level: rank for rank, level in enumerate(Chief.Level.values)}
"""0 for the province, 4 for the village."""
DUTY_RANK = {duty: rank for rank, duty in enumerate(Chief.Duty.values)}


def in_office() -> Q:
    """Chiefs who have not left by today."""
    return Q(until__isnull=True) | Q(until__gte=timezone.localdate())


def chiefs_visible_to(user: Asker) -> QuerySet[Chief]:
    """Chiefs in office, the highest level first; public, without their private numbers (`may_call_chiefs`)."""
    ranked = Chief.objects.filter(in_office()).annotate(
        rank=_ranked("level", RANK), duty_rank=_ranked("duty", DUTY_RANK)
    )
    return ranked.order_by("duty_rank", "rank", "pk")


def _ranked(field: str, ranks: dict[str, int]) -> Case:
    cases = (When(**{field: value}, then=Value(rank)) for value, rank in ranks.items())
    return Case(*cases, output_field=IntegerField())


def may_call_chiefs(user: Asker, areas: Iterable[Area]) -> bool:
    """Whether somebody sees private numbers of those who answer for a water in `areas`: officers who work with the
    chiefs, and the congress staff, where all of it is of their own district."""
    return has_role(user, Role.OFFICER, Role.STAFF) and all(knows_inside(user, area) for area in areas)


def areas_of_river(river: River) -> QuerySet[Area]:
    """Return the towns that a water's reaches are of."""
    return Area.objects.filter(pk__in=river.reaches.values("area")).select_related("parent__parent__parent")


def of_river(river: River, user: Asker = None) -> QuerySet[Chief]:
    """Every chief of a water: of the whole, and of its reaches and villages in the district that `user` is shown."""
    found, area = chiefs_visible_to(user).filter(river=river).select_related("reach", "area"), looked_at(user)
    if area is None:
        return found
    return found.filter(
        Q(reach__isnull=True) | within(area, "reach__area"), Q(area__isnull=True) | within(area, "area")
    )


def of_reach(reach: Reach, user: Asker = None) -> QuerySet[Chief]:
    """Who answers for one reach: its own chiefs and those of the whole river."""
    return of_river(reach.river, user).filter(Q(reach=reach) | Q(reach__isnull=True))


def of_point(point: MonitoringPoint, user: Asker = None) -> QuerySet[Chief]:
    """Who answers for the water at a point; village chiefs only where the point is in their village."""
    chiefs = chiefs_visible_to(user).select_related("reach", "area")
    if point.reach_id is None:
        return chiefs.filter(river_id=point.river_id or 0, reach__isnull=True)
    mine = chiefs.filter(Q(reach_id=point.reach_id) | Q(reach__isnull=True, river_id=point.river_id or 0))
    return mine.filter(Q(area__isnull=True) | Q(area_id=point.village_id))


def points_of(chiefs: QuerySet[Chief], prefix: str = "") -> Q:
    """Points that one of `chiefs` answers for, as a condition on points (or on what `prefix` leads to points from).

    Subqueries, not joins, so a point is never counted twice.
    """
    reaches = chiefs.filter(reach__isnull=False).order_by().values("reach")
    rivers = chiefs.filter(reach__isnull=True).order_by().values("river")
    return Q(**{f"{prefix}reach__in": reaches}) | Q(**{f"{prefix}river__in": rivers})
