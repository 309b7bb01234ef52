"""What of river monitoring the search of the site finds: rivers and lakes, monitoring points."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Area, Department
from river_monitoring.network.models import River
from river_monitoring.network.permissions import rivers_visible_to
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.permissions import points_visible_to
from search.offers import Described, Offer, Watch


def _river(river: River) -> Described:
    return Described(river.name, river.get_absolute_url(), codes=[river.code], text=river.goal)


def _point(point: MonitoringPoint) -> Described:
    return Described(
        point.name,
        point.get_absolute_url(),
        codes=[point.code],
        text=point.river.name if point.river else "",
        meta=point.area.name,
        area_id=point.area_id,
        organ=point.department.short_name,
    )


OFFERS = [
    Offer("rivers", _("河流湖库"), River, rivers_visible_to, _river, weight=9),
    Offer(
        "monitoring_points",
        _("水质点位"),
        MonitoringPoint,
        points_visible_to,
        _point,
        weight=6,
        related=("river", "area", "department"),
        watches=(Watch(River, via="river"), Watch(Department, via="department"), Watch(Area, via="area")),
        on_map=True,
    ),
]
