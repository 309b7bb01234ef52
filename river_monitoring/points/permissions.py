"""Who may see monitoring points: everybody."""

from django.db.models import QuerySet

from accounts.permissions import Asker
from river_monitoring.points.models import MonitoringPoint


def points_visible_to(user: Asker) -> QuerySet[MonitoringPoint]:
    return MonitoringPoint.objects.all()
