"""A delisted point whose water fails again: it is shown as such (销号后超标), and relisted when it goes on (反弹).

Judged by complete months: a month that is over and holds all that must be measured (`assessment.completeness`). So one
bad hour of an automatic station changes nothing, and neither does one good one: a month of too little data is passed
over, as if it were not there. Only samples after the delisting count, and only the newest run of failing months.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import rules
from river_monitoring.assessment.period import Assessment
from river_monitoring.assessment.queries import months_since, read_since
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.past import read_changes
from river_monitoring.rectification.models import RectificationEvent
from river_monitoring.rectification.proving import failing_run, proven_by
from river_monitoring.rectification.services import judge
from river_monitoring.samples.parties import works_parties
from river_monitoring.standard.evaluation import WaterClass
from river_monitoring.steps.table import TABLE, State, Verb
from river_monitoring.wording.quality import span_in_words

WATCHED = TABLE.in_group("delisted")


def complete_months(point: MonitoringPoint, today: date | None = None) -> list[Assessment]:
    """The months since the delisting that are over and complete, oldest first."""
    if point.delisted_on is None:
        return []
    day = today or timezone.localdate()
    found = months_since(point, point.delisted_on + timedelta(days=1))
    return [month for _day, month in found if month.is_complete and month.span.after.first_day <= day]


def failing_months(point: MonitoringPoint, today: date | None = None) -> list[Assessment]:
    """The newest complete months in a row that are worse than their target, newest first (`failing_run`)."""
    months = complete_months(point, today)
    if all(found.meets_target is not False for found in months):
        return []
    assert point.delisted_on is not None  # noqa: S101 - there are complete months since
    taken = read_since(point, point.delisted_on + timedelta(days=1))
    return failing_run(months, proven_by(point, taken, works_parties(point)).days)


def judge_delisted(points: Iterable[MonitoringPoint]) -> list[RectificationEvent]:
    """Judge every point that is off the list by its failing months; one event each, without an actor.

    The caller holds a lock on the points, in one transaction with the samples.
    """
    watched = [point for point in points if point.status in WATCHED]
    read_changes(watched)
    events = (_judge(point, failing_months(point)) for point in watched)
    return [event for event in events if event is not None]


def _judge(point: MonitoringPoint, run: list[Assessment]) -> RectificationEvent | None:
    """Relist after enough failing months; before that say that the water fails."""
    if len(run) >= rules.value("relapse.months"):
        due_on = timezone.localdate() + timedelta(days=rules.value("relapse.deadline_days"))
        return judge(point, Verb.RELAPSE, _words(point, run, relisted=True), due_on=due_on, assessment=run[0])
    if run and point.status != State.EXCEEDED:
        return judge(point, Verb.MISS, _words(point, run, relisted=False))
    return None


def judge_after_samples(points: Iterable[MonitoringPoint], **kwargs: Any) -> None:
    """Receiver of `samples.signals.samples_written`."""
    judge_delisted(points)


@transaction.atomic
def check_all() -> list[RectificationEvent]:
    """Look at every delisted point: a month has ended since, or samples came in by another way than ours."""
    watched = MonitoringPoint.objects.select_for_update(of=("self",)).filter(status__in=WATCHED).order_by("pk")
    return judge_delisted(watched)


def _words(point: MonitoringPoint, run: list[Assessment], *, relisted: bool) -> str:
    words = {
        "month": span_in_words(run[0].span),
        "found": run[0].water_class.zh,
        "target": WaterClass.of(run[0].target).zh,
        "n": len(run),
    }
    if not relisted:
        return _("系统按数据完整的月份判定：%(month)s均值为%(found)s，劣于目标%(target)s。") % words
    return _("系统按数据完整的月份自动重新挂号：连续%(n)d个月劣于目标%(target)s，%(month)s均值为%(found)s。") % words
