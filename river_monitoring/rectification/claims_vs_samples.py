"""The state that the department claims for a point against its samples, with a sentence for each contradiction.

A month complies when its assessment meets the target: the same rule as for delisting. Nothing here is a verdict on
people; it is where to look.

A month that fails stands until a later one complies by samples that prove something: neither the department's own
samples nor a month of too little data take it off the list (`proving.failing_run`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from river_monitoring.assessment.period import Assessment
from river_monitoring.assessment.queries import Taken, months_of, read_since, taken_since
from river_monitoring.points.models import MonitoringPoint, WaterClass
from river_monitoring.rectification.proving import failing_run, proven_by
from river_monitoring.rectification.standing import delisting_rule
from river_monitoring.samples.parties import WorksParties, works_parties
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


class Contradiction(StrEnum):
    """A way in which the two sides of a point differ, in the order in which they are told."""

    UNSAMPLED = "unsampled"
    FAILING = "failing"
    RUN_TOO_SHORT = "run-too-short"
    NOT_LISTED = "not-listed"
    DONE_AND_FAILING = "done-and-failing"
    GOOD_BEFORE_DONE = "good-before-done"
    NOT_REFUTED = "not-refuted"
    OLDER_OPEN = "older-open"
    TOO_OLD = "too-old"


SENTENCES: Mapping[Contradiction, str] = {
    Contradiction.UNSAMPLED: gettext_noop("部门认为已经治好，但没有任何水样可以证明。"),
    Contradiction.FAILING: gettext_noop("部门的状态是“%(status)s”，但%(month)s的水样是%(found)s，劣于目标%(target)s。"),
    Contradiction.RUN_TOO_SHORT: gettext_noop(
        "部门已申请验收，但水样只连续达标 %(run)d 个月，销号要求 %(wanted)d 个月。"
    ),
    Contradiction.NOT_LISTED: gettext_noop("点位没有挂号治理，但%(month)s的水样是%(found)s。"),
    Contradiction.DONE_AND_FAILING: gettext_noop("登记的措施全部完成，但%(month)s的水样仍不达标。"),
    Contradiction.GOOD_BEFORE_DONE: gettext_noop(
        "水样已连续 %(run)d 个月达标，但登记的措施只完成 %(share)d%%，也还没有申请验收。"
    ),
    Contradiction.NOT_REFUTED: gettext_noop("此后的水样证明不了已经达标：由责任单位自己采样、待核对或数据不足。"),
    Contradiction.OLDER_OPEN: gettext_noop("更早还有 %(older)d 个月劣于目标，同样没有能作证明的达标水样在后。"),
    Contradiction.TOO_OLD: gettext_noop("部门认为已经治好，但最近一次水样是 %(days)d 天前的，说明不了现在。"),
}

OF_FAILING = frozenset({Contradiction.FAILING, Contradiction.NOT_LISTED, Contradiction.DONE_AND_FAILING})
"""Those that are about a month that fails."""


class ToldMonth(NamedTuple):
    """A month of a point with samples: its first day, class number, and the day of its newest sample."""

    first_day: date
    number: int
    sampled_on: date


class Sides(NamedTuple):
    """What decides whether the two sides of a point differ: its status and how far its works are in per cent (None
    without measures); its newest month (None without samples) and how many months comply up to it; the newest month
    that fails and that no later one refutes (None where none does), and how many months fail so."""

    status: str
    share_done: int | None
    newest: ToldMonth | None
    run: int = 0
    failing: ToldMonth | None = None
    open_months: int = 0

    @property
    def claims_done(self) -> bool:
        return self.status in CLAIMS_DONE


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
    first = since(today, rule)
    taken = read_since(point, first) if read is None else taken_since(read, first)
    return _compare(point, taken, list(point.measures.all()), today, rule, works or works_parties(point))


def compared_since() -> date:
    """The day from which on samples are held against claims."""
    return since(timezone.localdate(), delisting_rule())


def since(today: date, rule: Rules) -> date:
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
    progress = progress_of([measure for measure in measures if is_present(measure, point)])
    assessed = {found.span: found for _day, found in months}
    days = proven_by(point, taken, works, assessed).days
    run, failing = len(compliant_months(days)), failing_run(assessed.values(), days)
    told = {found.span: ToldMonth(found.span.first_day, found.number, day) for day, found in months}
    sides = Sides(
        status=point.status,
        share_done=progress.share_done if progress else None,
        newest=told[months[-1][1].span] if months else None,
        run=run,
        failing=told[failing[0].span] if failing else None,
        open_months=len(failing),
    )
    return ClaimCheck(
        point=point,
        progress=progress,
        claims_done=sides.claims_done,
        months=[_month_result(found) for _day, found in reversed(months[-MONTHS:])],
        run=run,
        wanted=rule.months,
        sentences=sentences(point, sides, today, rule),
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


def contradictions(sides: Sides, today: date, rule: Rules) -> Iterable[Contradiction]:
    """Each way in which the two sides differ."""
    found = list(_contradictions(sides, today, rule))
    yield from found
    if sides.failing and sides.newest and OF_FAILING.intersection(found):
        if sides.failing.first_day < sides.newest.first_day:
            yield Contradiction.NOT_REFUTED
        if sides.open_months > 1:
            yield Contradiction.OLDER_OPEN


def _contradictions(sides: Sides, today: date, rule: Rules) -> Iterable[Contradiction]:
    if sides.newest is None:
        if sides.claims_done:
            yield Contradiction.UNSAMPLED
        return
    if sides.claims_done and sides.failing:
        yield Contradiction.FAILING
    elif sides.status == State.ACCEPTANCE_ASKED and sides.run < rule.months:
        yield Contradiction.RUN_TOO_SHORT
    if sides.status == State.NONE and sides.failing and sides.failing.number == WaterClass.INFERIOR_V:
        yield Contradiction.NOT_LISTED
    yield from _of_works(sides, rule)
    if sides.claims_done and (today - sides.newest.sampled_on).days > rule.max_age_days:
        yield Contradiction.TOO_OLD


def _of_works(sides: Sides, rule: Rules) -> Iterable[Contradiction]:
    if sides.share_done is None or sides.status not in AT_WORK:
        return
    if sides.share_done == 100 and sides.failing:
        yield Contradiction.DONE_AND_FAILING
    elif sides.run >= rule.months and sides.share_done < 100:
        yield Contradiction.GOOD_BEFORE_DONE


def needs_run(sides: Sides) -> bool:
    """Whether it can depend on how many months comply that the two sides differ."""
    if sides.newest is None:
        return False
    at_work = sides.status in AT_WORK and sides.share_done is not None and sides.share_done < 100
    return at_work or sides.status == State.ACCEPTANCE_ASKED


def sentences(point: MonitoringPoint, sides: Sides, today: date, rule: Rules) -> list[str]:
    """Each way in which the two sides of a point differ, in a plain sentence."""
    values: dict[str, Any] = {
        "status": point.get_status_display(),
        "target": point.get_target_class_display(),
        "run": sides.run,
        "wanted": rule.months,
        "share": sides.share_done,
    }
    if failing := sides.failing:
        values["month"] = span_in_words(span_of(failing.first_day, "month"))
        values["found"] = WaterClass(failing.number).label
        values["older"] = sides.open_months - 1
    if newest := sides.newest:
        values["days"] = (today - newest.sampled_on).days
    return [_(SENTENCES[found]) % values for found in contradictions(sides, today, rule)]


def limiting_names(sample: Any) -> list[str]:
    """Names of the parameters that decide the class of a sample or a kept month; none for class I."""
    if sample is None or sample.water_class <= 1:
        return []
    return [parameter_name(GB3838_2002[code]) for code in sample.limiting if code in GB3838_2002.parameters]
