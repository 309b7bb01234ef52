"""A delisted point whose later samples fail goes back on the list by itself (反弹).

Judged by months, as the evaluation rule does: several samples of a month count by their mean, so one bad hour of an
automatic station relists nothing. Only months after the delisting count, and only the newest run of them.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, cast

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from river_monitoring.points.models import MonitoringPoint
from river_monitoring.rectification.models import RectificationEvent
from river_monitoring.rectification.services import relist
from river_monitoring.standard.averages import Span, as_readings, means
from river_monitoring.standard.evaluation import Evaluation, Water, WaterClass, evaluate_water_class
from river_monitoring.steps.table import TABLE

WATCHED = TABLE.in_group("delisted")


def failing_months(point: MonitoringPoint) -> list[tuple[Span, Evaluation]]:
    """The newest months in a row, since the delisting, whose mean is worse than the target; newest first."""
    if point.delisted_on is None:
        return []
    samples = point.samples.filter(phenomenon_time__date__gt=point.delisted_on)
    rows = samples.values_list("phenomenon_time", "readings")
    found = means(((timezone.localdate(at), readings) for at, readings in rows), "month")
    run: list[tuple[Span, Evaluation]] = []
    for span, columns in reversed(found.items()):
        answer = evaluate_water_class(as_readings(columns), cast(Water, point.water))
        if answer.water_class is WaterClass.UNRATED or answer.water_class.number <= point.target_class:
            break
        run.append((span, answer))
    return run


def relist_relapsed(points: Iterable[MonitoringPoint]) -> list[RectificationEvent]:
    """Relist every point whose samples fail; one event each, without an actor.

    The caller holds a lock on the points, in one transaction with the samples.
    """
    events = []
    for point in points:
        if point.status not in WATCHED:
            continue
        run = failing_months(point)
        if len(run) >= settings.RELAPSE["months"]:
            events.append(_relist(point, *run[0]))
    return events


def relist_after_samples(points: Iterable[MonitoringPoint], **kwargs: Any) -> None:
    """Receiver of `samples.signals.samples_written`."""
    relist_relapsed(points)


@transaction.atomic
def check_all() -> list[RectificationEvent]:
    """Look at every delisted point, for samples that came in by another way than ours."""
    watched = MonitoringPoint.objects.select_for_update(of=("self",)).filter(status__in=WATCHED).order_by("pk")
    return relist_relapsed(watched)


def _relist(point: MonitoringPoint, month: Span, answer: Evaluation) -> RectificationEvent:
    due_on = timezone.localdate() + timedelta(days=settings.RELAPSE["deadline_days"])
    return relist(point, _note(point, month, answer), due_on, answer.water_class.number)


def _note(point: MonitoringPoint, month: Span, answer: Evaluation) -> str:
    first: date = month.first_day
    words = {
        "month": _("%(year)s年%(month)s月") % {"year": first.year, "month": first.month},
        "found": answer.water_class.zh,
        "target": WaterClass.of(point.target_class).zh,
    }
    return _("系统根据水样自动重新挂号：%(month)s均值为%(found)s，劣于目标%(target)s。") % words
