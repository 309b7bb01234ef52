"""What river monitoring puts on the map."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Area
from river_monitoring import permissions, queries
from river_monitoring.models import MonitoringPoint, Reach, River
from tiles.layer import VectorLayer


def _reaches(user: Any) -> QuerySet[Reach]:
    return queries.with_class(permissions.reaches_visible_to(user))


def _points(user: Any) -> QuerySet[MonitoringPoint]:
    return queries.with_overdue(permissions.points_visible_to(user))


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
        # The worst waters come last, so that they are drawn on top.
        order_by=("current_class", "pk"),
        schematic=True,
    ),
]
