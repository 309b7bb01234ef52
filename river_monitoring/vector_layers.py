"""What river monitoring puts on the map."""

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Area, Department
from accounts.permissions import Asker
from river_monitoring.assessment.models import PointMonth
from river_monitoring.network.models import Reach, River
from river_monitoring.network.permissions import reaches_visible_to
from river_monitoring.network.vector_layers import MANAGEMENT_RANGES
from river_monitoring.points import queries
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.permissions import points_audience, points_visible_to
from river_monitoring.rectification.models import RectificationEvent
from river_monitoring.selection import snapshot
from river_monitoring.works.vector_layers import OUTFALLS
from tiles.layer.clustered import clusters_of
from tiles.layer.map_use import CASEWORK, OVERVIEW, LegendEntry, MapUse
from tiles.layer.vector import Past, VectorLayer


def _reaches(user: Asker) -> QuerySet[Reach]:
    return queries.with_class(reaches_visible_to(user))


def _points(user: Asker) -> QuerySet[MonitoringPoint]:
    return queries.with_overdue(points_visible_to(user)).annotate(month_now=queries.month_text(F("current_month")))


# What a filter may ask of a point; the names of the API's own filters where they take codes.
_ASKED = {
    "area_code": "area__code",
    "village": "village__name",
    "river": "river__name",
    "river_code": "river__code",
    "department_code": "department__code",
    "chief": "reach__chief_name",
}

_CLASS = _("水质类别：1–5 为Ⅰ–Ⅴ类，6 为劣Ⅴ类，0 为未评价或数据不足")
_TARGET = _("目标类别，同水质类别")

LAYERS = [
    VectorLayer(
        name="reaches",
        title=_("河段"),
        visible_to=_reaches,
        geometry_type="LineString",
        fields={
            "code": "code",
            "name": "name",
            "river": "river__name",
            "grade": "river__grade",
            "class": "worst_class",
            "target_class": "strictest_target",
            "area": "area__name",
            "updated": "class_updated",
        },
        depends_on=[MonitoringPoint, River, Area],
        past=Past(
            visible_to=snapshot.reaches_in_month,
            fields={
                "code": "code",
                "name": "name",
                "river": "river__name",
                "grade": "river__grade",
                "class": "class_then",
                "target_class": "strictest_target",
                "area": "area__name",
                "updated": "sampled_then",
            },
            depends_on=[PointMonth],
        ),
        described={"class": _CLASS, "target_class": _TARGET, "grade": _("河道等级"), "updated": _("最近更新时间")},
        schematic=True,
        api="/api/v1/reaches/",
        map_use=MapUse(is_base=True),
    ),
    VectorLayer(
        name="monitoring_points",
        title=_("水质监测点位"),
        visible_to=_points,
        audience=points_audience,
        geometry_type="Point",
        fields={
            "code": "code",
            "name": "name",
            "kind": "kind",
            "class": "current_class",
            "at_least": "current_is_at_least",
            "month": "month_now",
            "target_class": "target_class",
            "status": "status",
            "overdue": "is_overdue",
            "area": "area__name",
            "updated": "updated_at",
        },
        depends_on=[Area, River, Reach, Department],
        changes_daily=True,
        past=Past(
            visible_to=snapshot.points_in_month,
            fields={
                "code": "code",
                "name": "name",
                "kind": "kind",
                "class": "class_then",
                "at_least": "at_least_then",
                "month": "month_then",
                "target_class": "target_class",
                "status": "status_then",
                "overdue": "overdue_then",
                "area": "area__name",
                "updated": "sampled_then",
            },
            depends_on=[PointMonth, RectificationEvent],
            order_by=("class_then", "pk"),
            queryable=_ASKED,
        ),
        queryable=_ASKED,
        described={
            "kind": _("点位类型"),
            "class": _CLASS,
            "at_least": _("数据不全，但已测项目说明至少是这个类别"),
            "month": _("类别是哪个月的；没有水样为空，有水样而类别为 0 是数据不足"),
            "target_class": _TARGET,
            "status": _("治理状态"),
            "overdue": _("是否超过整治期限"),
            "updated": _("最近更新时间"),
        },
        # The worst waters come last, so that they are drawn on top.
        order_by=("current_class", "pk"),
        schematic=True,
        api="/api/v1/monitoring-points/",
        map_use=MapUse(
            order=60,
            page="/river/points/{code}/",
            hint=["@water_class", "{area}"],
            legend=[LegendEntry(_("整治超期"), "overdue", position=10)],
            list_path=r"^/river/(points/)?$",
            shown_on=[OVERVIEW, CASEWORK, r"^/river/"],
            filtered_on=r"^/(map|river/points)/$",
        ),
    ),
]


LAYERS += [
    clusters_of(
        layer,
        "monitoring_point_clusters",
        _("水质监测点位（聚合）"),
        80,
        worst={"class": "current_class"},
        described={
            "class": _("其中最差的水质类别，编号同监测点位"),
            "count": _("点位数"),
            "worst_count": _("其中最差类别的点位数"),
            "point": _("只有一个点位时，该点位的编号"),
        },
        description=_("相邻点位合成一个：count 为点位数，class 为其中最差的类别，worst_count 为该类别的点位数。"),
    )
    for layer in LAYERS
    if layer.name == "monitoring_points"
]
LAYERS += [OUTFALLS, MANAGEMENT_RANGES]
