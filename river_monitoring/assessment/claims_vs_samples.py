"""The state that the department claims for a point against its samples, with a sentence for each contradiction.

A month complies when every sample of it meets the target: the same rule as for delisting. Nothing here is a verdict on
people; it is where to look.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from river_monitoring.points.models import MonitoringPoint, WaterClass
from river_monitoring.rectification.delisting import month_in_words
from river_monitoring.samples.models import Sample
from river_monitoring.samples.rating import meets_target
from river_monitoring.standard.evaluation import GB3838_2002
from river_monitoring.steps.proofs import SampleDay, compliant_months
from river_monitoring.steps.table import TABLE, State
from river_monitoring.wording.parameters import parameter_name
from river_monitoring.works.models import Measure
from river_monitoring.works.progress import Progress
from river_monitoring.works.queries import is_present, progress_of

MONTHS = 6
CLAIMS_DONE = TABLE.in_group("claimed")
AT_WORK = TABLE.in_group("at_work")


@dataclass(frozen=True)
class MonthResult:
    """The samples of one month: the class of the worst, its limiting parameters, whether all met the target."""

    month: str
    water_class: int
    limiting: list[str]
    complies: bool | None


@dataclass(frozen=True)
class ClaimCheck:
    """Claim and samples of one point. `sentences` is empty where they agree or too little is known."""

    point: MonitoringPoint
    progress: Progress | None
    claims_done: bool
    months: list[MonthResult]
    run: int
    """Consecutive compliant months up to the newest sampled one."""
    wanted: int
    sentences: list[str]

    @property
    def disagrees(self) -> bool:
        return bool(self.sentences)


def check_claims(point: MonitoringPoint, today: date | None = None) -> ClaimCheck:
    """Compare the two sides of one point."""
    samples = _recent(today or timezone.localdate()).filter(point=point)
    return _compare(point, list(samples), list(point.measures.all()), today)


def disagreements(points: QuerySet[MonitoringPoint], today: date | None = None) -> list[ClaimCheck]:
    """The points among `points` whose two sides do not agree, the worst water first."""
    today = today or timezone.localdate()
    rows = points.prefetch_related(
        Prefetch("samples", _recent(today), to_attr="recent"), Prefetch("measures", Measure.objects.all())
    )
    compared = (_compare(point, point.recent, list(point.measures.all()), today) for point in rows)
    found = [check for check in compared if check.disagrees]
    return sorted(found, key=lambda each: (-each.point.current_class, each.point.code))


def _recent(today: date) -> QuerySet[Sample]:
    """Samples of the months that are shown, and of those that a delisting wants."""
    since = today - timedelta(days=31 * (MONTHS + settings.DELISTING["months"]))
    return Sample.objects.filter(phenomenon_time__date__gte=since).order_by("phenomenon_time")


def _compare(
    point: MonitoringPoint, samples: Sequence[Sample], measures: Iterable[Measure], today: date | None
) -> ClaimCheck:
    today = today or timezone.localdate()
    days = [SampleDay(timezone.localdate(each.phenomenon_time), meets_target(each, point)) for each in samples]
    present = [measure for measure in measures if is_present(measure, point)]
    check = ClaimCheck(
        point=point,
        progress=progress_of(present),
        claims_done=point.status in CLAIMS_DONE,
        months=_months(point, samples),
        run=len(compliant_months(days)),
        wanted=settings.DELISTING["months"],
        sentences=[],
    )
    check.sentences.extend(_sentences(check, days, today))
    return check


def _months(point: MonitoringPoint, samples: Sequence[Sample]) -> list[MonthResult]:
    """The newest months with samples, newest first."""
    groups: dict[tuple[int, int], list[Sample]] = {}
    for sample in samples:
        day = timezone.localdate(sample.phenomenon_time)
        groups.setdefault((day.year, day.month), []).append(sample)
    return [_month_result(point, month, groups[month]) for month in sorted(groups, reverse=True)[:MONTHS]]


def _month_result(point: MonitoringPoint, month: tuple[int, int], samples: list[Sample]) -> MonthResult:
    worst = max(samples, key=lambda sample: sample.water_class)
    answers = [meets_target(sample, point) for sample in samples]
    complies = None if None in answers else all(answers)
    names = [parameter_name(GB3838_2002[code]) for code in worst.limiting if code in GB3838_2002.parameters]
    return MonthResult(month_in_words(month), worst.water_class, names if worst.water_class > 1 else [], complies)


def _sentences(check: ClaimCheck, days: Sequence[SampleDay], today: date) -> Iterable[str]:
    """Each way in which the two sides differ, in a plain sentence."""
    if not check.months:
        if check.claims_done:
            yield _("部门认为已经治好，但没有任何水样可以证明。")
        return
    newest = max(day.day for day in days)
    failing = check.months[0].complies is False
    yield from _about_claims(check, failing)
    yield from _about_works(check, failing)
    if check.claims_done and (today - newest).days > settings.DELISTING["max_age_days"]:
        values = {"days": (today - newest).days}
        yield _("部门认为已经治好，但最近一次水样是 %(days)d 天前的，说明不了现在。") % values


def _about_claims(check: ClaimCheck, failing: bool) -> Iterable[str]:
    point, newest = check.point, check.months[0]
    values = {
        "status": point.get_status_display(),
        "month": newest.month,
        "found": WaterClass(newest.water_class).label,
        "target": point.get_target_class_display(),
        "run": check.run,
        "wanted": check.wanted,
    }
    if check.claims_done and failing:
        yield _("部门的状态是“%(status)s”，但%(month)s的水样是%(found)s，劣于目标%(target)s。") % values
    elif point.status == State.ACCEPTANCE_ASKED and check.run < check.wanted:
        yield _("部门已申请验收，但水样只连续达标 %(run)d 个月，销号要求 %(wanted)d 个月。") % values
    if point.status == State.NONE and failing and newest.water_class == WaterClass.INFERIOR_V:
        yield _("点位没有挂号治理，但%(month)s的水样是%(found)s。") % values


def _about_works(check: ClaimCheck, failing: bool) -> Iterable[str]:
    if check.progress is None or check.point.status not in AT_WORK:
        return
    values = {"share": check.progress.share_done, "run": check.run, "month": check.months[0].month}
    if check.progress.share_done == 100 and failing:
        yield _("登记的措施全部完成，但%(month)s的水样仍不达标。") % values
    elif check.run >= check.wanted and check.progress.share_done < 100:
        yield _("水样已连续 %(run)d 个月达标，但登记的措施只完成 %(share)d%%，也还没有申请验收。") % values


def limiting_names(sample: Any) -> list[str]:
    """Names of the parameters that decide the class of a sample; none for class I."""
    if sample is None or sample.water_class <= 1:
        return []
    return [parameter_name(GB3838_2002[code]) for code in sample.limiting if code in GB3838_2002.parameters]
