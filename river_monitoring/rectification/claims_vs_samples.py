"""The state that the department claims for a point against its samples, with a sentence for each contradiction.

A month complies when its assessment meets the target: the same rule as for delisting. Nothing here is a verdict on
people; it is where to look.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from river_monitoring.assessment.kept import kept_months_since
from river_monitoring.assessment.models import PointMonth
from river_monitoring.assessment.period import Assessment
from river_monitoring.assessment.queries import Taken, months_of, read_since, taken_since
from river_monitoring.points.models import MonitoringPoint, WaterClass
from river_monitoring.points.past import read_changes
from river_monitoring.rectification.proving import proven_by, proven_runs
from river_monitoring.rectification.standing import delisting_rule
from river_monitoring.samples.parties import WorksParties, works_parties, works_parties_of
from river_monitoring.standard.averages import span_of
from river_monitoring.standard.evaluation import GB3838_2002
from river_monitoring.steps.proofs import Rules, compliant_months
from river_monitoring.steps.table import TABLE, State
from river_monitoring.wording.parameters import parameter_name
from river_monitoring.wording.quality import span_in_words
from river_monitoring.works.models import Measure
from river_monitoring.works.progress import Progress
from river_monitoring.works.queries import is_present, progress_of

MONTHS = 6
CLAIMS_DONE = TABLE.in_group("claimed")
AT_WORK = TABLE.in_group("at_work")


@dataclass(frozen=True)
class MonthResult:
    """One month as assessed: its class, its limiting parameters, whether it met the target."""

    month: str
    water_class: int
    limiting: list[str]
    complies: bool | None
    is_at_least: bool = False


@dataclass(frozen=True)
class ClaimCheck:
    """Claim and samples of one point. `sentences` is empty where they agree or too little is known."""

    point: MonitoringPoint
    progress: Progress | None
    claims_done: bool
    months: list[MonthResult]
    run: int
    """Consecutive compliant months up to the newest sampled one, by samples that prove something."""
    wanted: int
    sentences: list[str]

    @property
    def disagrees(self) -> bool:
        return bool(self.sentences)


def check_claims(
    point: MonitoringPoint,
    today: date | None = None,
    works: WorksParties | None = None,
    read: Sequence[Taken] | None = None,
) -> ClaimCheck:
    """Compare the two sides of one point; `works` are the parties of its works, `read` its samples at least since
    `compared_since`, if they were read."""
    today, rule = today or timezone.localdate(), delisting_rule()
    since = _since(today, rule)
    taken = read_since(point, since) if read is None else taken_since(read, since)
    return _compare(point, taken, list(point.measures.all()), today, rule, works or works_parties(point))


def compared_since() -> date:
    """The day from which on samples are held against claims."""
    return _since(timezone.localdate(), delisting_rule())


def disagreements(points: QuerySet[MonitoringPoint], today: date | None = None) -> list[ClaimCheck]:
    """The points among `points` whose two sides do not agree by their kept months, the worst water first."""
    today = today or timezone.localdate()
    rule = delisting_rule()
    rows = list(points.filter(_may_disagree()).prefetch_related(Prefetch("measures", Measure.objects.all())))
    months = kept_months_since(rows, _since(today, rule))
    read_changes(rows)
    sides = {point: _side_of_months(point, months[point.pk], rule) for point in rows}
    asked = {point: months[point.pk] for point, check in sides.items() if _needs_run(check)}
    runs = proven_runs(asked, works_parties_of(asked)) if asked else {}
    found = []
    for point, check in sides.items():
        newest = timezone.localdate(months[point.pk][0].newest_at) if months[point.pk] else None
        check = replace(check, run=runs.get(point.pk, 0))
        if sentences := list(_sentences(check, newest, today, rule)):
            found.append(replace(check, sentences=sentences))
    return sorted(found, key=lambda each: (-each.point.current_class, each.point.code))


def _side_of_months(point: MonitoringPoint, months: Sequence[PointMonth], rule: Rules) -> ClaimCheck:
    """Claim and kept months of a point, before its run is known."""
    shown = [_month_of(row) for row in months[:MONTHS]]
    present = [measure for measure in point.measures.all() if is_present(measure, point)]
    return ClaimCheck(point, progress_of(present), point.status in CLAIMS_DONE, shown, 0, rule.months, [])


def _needs_run(check: ClaimCheck) -> bool:
    """Whether a sentence can depend on how many months comply."""
    if not check.months:
        return False
    at_work = check.point.status in AT_WORK and check.progress is not None and check.progress.share_done < 100
    return at_work or check.point.status == State.ACCEPTANCE_ASKED


def _may_disagree() -> Q:
    """Match points of which any sentence below can be true, so that no others' samples are read.

    Of a point that nobody works at it takes inferior V in the newest month, which is the class that the point shows.
    """
    has_works = Exists(Measure.objects.filter(point=OuterRef("pk")))
    return (
        Q(status__in=[*CLAIMS_DONE, State.ACCEPTANCE_ASKED])
        | Q(status=State.NONE, current_class=WaterClass.INFERIOR_V)
        | Q(has_works, status__in=AT_WORK)
    )


def _since(today: date, rule: Rules) -> date:
    """The first day of the months that are shown, and of those that a delisting wants."""
    return (today - timedelta(days=31 * (MONTHS + rule.months))).replace(day=1)


def _compare(
    point: MonitoringPoint,
    taken: Sequence[Taken],
    measures: Iterable[Measure],
    today: date,
    rule: Rules,
    works: WorksParties,
) -> ClaimCheck:
    months = months_of(point, taken)
    present = [measure for measure in measures if is_present(measure, point)]
    check = ClaimCheck(
        point=point,
        progress=progress_of(present),
        claims_done=point.status in CLAIMS_DONE,
        months=[_month_result(found) for _day, found in reversed(months[-MONTHS:])],
        run=len(compliant_months(proven_by(point, taken, works).days)),
        wanted=rule.months,
        sentences=[],
    )
    newest = max((day for day, _found in months), default=None)
    check.sentences.extend(_sentences(check, newest, today, rule))
    return check


def _month_of(row: PointMonth) -> MonthResult:
    """The same of a month that is kept."""
    return MonthResult(
        month=span_in_words(span_of(row.month, "month")),
        water_class=row.water_class,
        limiting=limiting_names(row),
        complies=row.meets_target,
        is_at_least=row.is_at_least,
    )


def _month_result(found: Assessment) -> MonthResult:
    names = [parameter_name(GB3838_2002[code]) for code in found.shown.limiting if code in GB3838_2002.parameters]
    return MonthResult(
        month=span_in_words(found.span),
        water_class=found.number,
        limiting=names if found.number > 1 else [],
        complies=found.meets_target,
        is_at_least=found.is_at_least,
    )


def _sentences(check: ClaimCheck, newest: date | None, today: date, rule: Rules) -> Iterable[str]:
    """Each way in which the two sides differ, in a plain sentence; `newest` is the day of the newest sample."""
    if not check.months or newest is None:
        if check.claims_done:
            yield _("部门认为已经治好，但没有任何水样可以证明。")
        return
    failing = check.months[0].complies is False
    yield from _about_claims(check, failing)
    yield from _about_works(check, failing)
    if check.claims_done and (today - newest).days > rule.max_age_days:
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
    """Names of the parameters that decide the class of a sample or a kept month; none for class I."""
    if sample is None or sample.water_class <= 1:
        return []
    return [parameter_name(GB3838_2002[code]) for code in sample.limiting if code in GB3838_2002.parameters]
