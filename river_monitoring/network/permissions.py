"""Who may see waters, reaches and management ranges: everybody, of the district looked at."""

from typing import Any

from django.db.models import Q, QuerySet

from accounts.looking import looked_at, shown
from accounts.permissions import Asker, within
from river_monitoring.network.models import ManagementRange, Reach, River


def rivers_visible_to(user: Asker) -> QuerySet[River]:
    """A water is of each district in which it has a reach or a point, and of the one that entered it."""
    area = looked_at(user)
    if area is None:
        return River.objects.all()
    passes = (River.objects.filter(within(area, f"{what}__area")).order_by() for what in ("reaches", "points"))
    here, there = (Q(pk__in=rows.values("pk")) for rows in passes)
    return River.objects.filter(here | there | within(area))


def rivers_to_choose(request: Any) -> QuerySet[River]:
    """Return the waters that a filter offers; `request` is None while a schema is drawn."""
    return rivers_visible_to(getattr(request, "user", None))


def reaches_visible_to(user: Asker) -> QuerySet[Reach]:
    return Reach.objects.filter(shown(user))


def ranges_visible_to(user: Asker) -> QuerySet[ManagementRange]:
    return ManagementRange.objects.filter(reach__in=reaches_visible_to(user))
