"""Reads of rectification: steps, followed points."""

from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Greatest

from accounts.permissions import Asker
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.queries import for_lists
from river_monitoring.rectification.models import RectificationEvent


def _followed(user: Asker) -> QuerySet[MonitoringPoint, Any]:
    """Points that are followed by themselves or with their whole water."""
    chosen = Q(follows__user=user) | Q(river__follows__user=user)
    return MonitoringPoint.objects.filter(chosen).order_by().values("pk")


def followed_points(user: Asker, points: QuerySet[MonitoringPoint]) -> QuerySet[Any]:
    """Points that `user` follows, alone or with their water, what changed last coming first.

    `last_change` is the newest event or sample.
    """
    newest = RectificationEvent.objects.filter(point=OuterRef("pk")).order_by("-at")
    changed = Greatest(Subquery(newest.values("at")[:1]), "current_sample__recorded_at")
    mine = for_lists(points).filter(pk__in=_followed(user))
    return mine.annotate(last_change=changed).order_by(F("last_change").desc(nulls_last=True), "code")
