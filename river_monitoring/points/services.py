"""Writes of points: follow a point or a whole water."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from geokit.refusal import BadInput
from ledger.actors import account_of
from river_monitoring.network.models import River
from river_monitoring.network.permissions import rivers_visible_to
from river_monitoring.points.models import MonitoringPoint, PointFollow, RiverFollow
from river_monitoring.points.permissions import points_visible_to


@transaction.atomic
def follow_point(point_id: int, actor: Asker, *, follow: bool) -> bool:
    """Follow or unfollow a point; the same again changes nothing."""
    point = points_visible_to(actor).filter(pk=point_id).first()
    if point is None:
        raise BadInput(_("没有编号为 %s 的监测点位。") % point_id, code="unknown-point")
    if follow:
        PointFollow.objects.get_or_create(user=account_of(actor), point=point)
    else:
        PointFollow.objects.filter(user=account_of(actor), point=point).delete()
    return follow


@transaction.atomic
def follow_river(code: str, actor: Asker, *, follow: bool) -> River:
    """Follow or unfollow a water with all its points; the same again changes nothing."""
    river = rivers_visible_to(actor).filter(code=code).first()
    if river is None:
        raise BadInput(_("没有编码为“%s”的河流，请重新选择。") % code, code="unknown-river")
    if follow:
        RiverFollow.objects.get_or_create(user=account_of(actor), river=river)
    else:
        RiverFollow.objects.filter(user=account_of(actor), river=river).delete()
    return river


def lock_point(point_id: int, actor: Asker) -> MonitoringPoint:
    """Return the point with its department, locked until the transaction ends. Raises BadInput (`unknown-point`)."""
    points = points_visible_to(actor).select_for_update(of=("self",)).select_related("department")
    try:
        return points.get(pk=point_id)
    except MonitoringPoint.DoesNotExist:
        raise BadInput(_("没有编号为 %s 的监测点位。") % point_id, code="unknown-point") from None
