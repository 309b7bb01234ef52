"""Who may see waters, reaches and management ranges: everybody."""

from django.db.models import QuerySet

from accounts.permissions import Asker
from river_monitoring.network.models import ManagementRange, Reach, River


def rivers_visible_to(user: Asker) -> QuerySet[River]:
    return River.objects.all()


def reaches_visible_to(user: Asker) -> QuerySet[Reach]:
    return Reach.objects.all()


def ranges_visible_to(user: Asker) -> QuerySet[ManagementRange]:
    return ManagementRange.objects.filter(reach__in=reaches_visible_to(user))
