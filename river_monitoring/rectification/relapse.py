"""A delisted point whose later samples fail goes back on the list by itself (反弹).

Judged by months, as the evaluation rule does: several samples of a month count by their mean, so one bad hour of an
automatic station relists nothing. Only months after the delisting count, and only the newest run of them.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import rules
from river_monitoring.assessment.period import Assessment
from river_monitoring.assessment.queries import months_since
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.rectification.models import RectificationEvent
from river_monitoring.rectification.services import relist
from river_monitoring.standard.evaluation import WaterClass
from river_monitoring.steps.table import TABLE
from river_monitoring.wording.quality import span_in_words

WATCHED = TABLE.in_group("delisted")


def failing_months(point: MonitoringPoint) -> list[Assessment]:
    """The newest months in a row, since the delisting, that are worse than the target; newest first.

    A month that cannot be told to fail, for want of data, ends the run.
    """
    if point.delisted_on is None:
        return []
    run: list[Assessment] = []
    for _day, found in reversed(months_since(point, point.delisted_on + timedelta(days=1))):
        if found.meets(point.target_class) is not False:
            break
        run.append(found)
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
        if len(run) >= rules.value("relapse.months"):
            events.append(_relist(point, run[0]))
    return events


def relist_after_samples(points: Iterable[MonitoringPoint], **kwargs: Any) -> None:
    """Receiver of `samples.signals.samples_written`."""
    relist_relapsed(points)


@transaction.atomic
def check_all() -> list[RectificationEvent]:
    """Look at every delisted point, for samples that came in by another way than ours."""
    watched = MonitoringPoint.objects.select_for_update(of=("self",)).filter(status__in=WATCHED).order_by("pk")
    return relist_relapsed(watched)


def _relist(point: MonitoringPoint, found: Assessment) -> RectificationEvent:
    due_on = timezone.localdate() + timedelta(days=rules.value("relapse.deadline_days"))
    return relist(point, _note(point, found), due_on, found)


def _note(point: MonitoringPoint, found: Assessment) -> str:
    words = {
        "month": span_in_words(found.span),
        "found": found.water_class.zh,
        "target": WaterClass.of(point.target_class).zh,
    }
    return _("系统根据水样自动重新挂号：%(month)s均值为%(found)s，劣于目标%(target)s。") % words
