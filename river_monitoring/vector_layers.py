"""What river monitoring puts on the map."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Area
from river_monitoring import past, permissions, queries
from river_monitoring.models import MonitoringPoint, Reach, RectificationEvent, River, Sample
from tiles.layer import Past, VectorLayer


def _reaches(user: Any) -> QuerySet[Reach]:
    return queries.with_class(permissions.reaches_visible_to(user))


def _points(user: Any) -> QuerySet[MonitoringPoint]:
    return queries.with_overdue(permissions.points_visible_to(user))


_CLASS = _("水质类别：1–5 为Ⅰ–Ⅴ类，6 为劣Ⅴ类，0 为未评价")
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
            visible_to=past.reaches_in_month,
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
            depends_on=[Sample],
        ),
        described={"class": _CLASS, "target_class": _TARGET, "grade": _("河道等级"), "updated": _("最近更新时间")},
        schematic=True,
    ),
    VectorLayer(
        name="monitoring_points",
        title=_("水质监测点位"),
        visible_to=_points,
        geometry_type="Point",
        fields={
            "code": "code",
            "name": "name",
            "kind": "kind",
            "class": "current_class",
            "target_class": "target_class",
            "status": "status",
            "overdue": "is_overdue",
            "area": "area__name",
            "updated": "updated_at",
        },
        depends_on=[Area],
        changes_daily=True,
        past=Past(
            visible_to=past.points_in_month,
            fields={
                "code": "code",
                "name": "name",
                "kind": "kind",
                "class": "class_then",
                "target_class": "target_class",
                "status": "status_then",
                "area": "area__name",
                "updated": "sampled_then",
            },
            depends_on=[Sample, RectificationEvent],
            order_by=("class_then", "pk"),
        ),
        described={
            "kind": _("点位类型"),
            "class": _CLASS,
            "target_class": _TARGET,
            "status": _("治理状态"),
            "overdue": _("是否超过整治期限"),
            "updated": _("最近更新时间"),
        },
        # The worst waters come last, so that they are drawn on top.
        order_by=("current_class", "pk"),
        schematic=True,
    ),
]
