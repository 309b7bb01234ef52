"""Who may see monitoring points: everybody."""

from typing import Any

from django.db.models import QuerySet

from river_monitoring.points.models import MonitoringPoint


def points_visible_to(user: Any) -> QuerySet[MonitoringPoint]:
    return MonitoringPoint.objects.all()
