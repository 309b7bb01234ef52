"""Who changed points and measures last: said to whoever was overtaken."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from river_monitoring.points.models import MonitoringPoint
from river_monitoring.rectification.models import RectificationEvent
from river_monitoring.works.models import WorkEvent


def last_changes(things: Sequence[Any]) -> dict[int, str]:
    """Who changed each thing last and when: the department, not the person."""
    if not things:
        return {}
    is_points = isinstance(things[0], MonitoringPoint)
    field = "point" if is_points else "measure"
    works = WorkEvent.objects.filter(**{f"{field}__in": things}, **({"measure": None} if is_points else {}))
    found = [
        *_newest(works, field),
        *(_newest(RectificationEvent.objects.filter(point__in=things), field) if is_points else ()),
    ]
    newest: dict[int, Any] = {}
    for event in sorted(found, key=lambda event: event.at):
        newest[getattr(event, f"{field}_id")] = event
    return {pk: _words(event) for pk, event in newest.items()}


def _newest(events: QuerySet, field: str) -> QuerySet:
    return events.select_related("department").order_by(f"{field}_id", "-at", "-pk").distinct(f"{field}_id")


def _words(newest: Any) -> str:
    who = newest.department.name if newest.department else _("人大工作人员")
    at = date_format(timezone.localtime(newest.at), "DATETIME_FORMAT")
    return _("%(who)s在%(at)s更新过这一行。") % {"who": who, "at": at}
