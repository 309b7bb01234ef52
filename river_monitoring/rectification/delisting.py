"""The conditions of delisting for everybody: what is there, what is missing, from when delisting can be asked."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import rules
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.rectification import evidence
from river_monitoring.rectification.standing import (
    delisting_rule,
    present_steps,
    standing_of,
    workers_and_acceptors,
)
from river_monitoring.steps.delisting_day import Month, SampleOutlook, outlook_of
from river_monitoring.steps.proofs import EvidenceOnFile
from river_monitoring.steps.standing import Standing
from river_monitoring.steps.table import TABLE, State, Transition
from river_monitoring.wording.translation import step_people, translate
from river_monitoring.works.queries import measures_still_open

ON_THE_WAY = TABLE.in_group("on_the_way")


@dataclass(frozen=True)
class DelistingOutlook:
    """The conditions of acceptance and delisting, each met or not, and the earliest day of both.

    `ask_from` is None when a measure has no day by which it is to be finished. `months` are those still to sample.
    """

    requirements: tuple[evidence.Requirement, ...]
    ask_from: date | None
    delist_from: date | None
    samples: SampleOutlook
    months: list[str]
    who: str
    is_asked: bool
    """Whether the next step of the point is the delisting itself."""
    is_off_list: bool
    """Whether the point was delisted before and is to be confirmed."""
    workers: list[str]
    acceptors: list[str]
    """The accepting bodies that may accept this point."""
    gaps: list[str]
    """Why months that were sampled prove nothing, the newest first."""

    @property
    def can_delist_now(self) -> bool:
        return not any(need.missing for need in self.requirements)

    @property
    def share(self) -> int:
        """Months held of the months wanted, for a bar."""
        return min(len(self.samples.held), self.samples.wanted)


def delisting_outlook(
    point: MonitoringPoint, file: EvidenceOnFile | None = None, standing: Standing | None = None
) -> DelistingOutlook | None:
    """How far a point is from being delisted; None for one that is on no list.

    `file` and `standing` are the point's, if they were read.
    """
    if point.status not in ON_THE_WAY:
        return None
    step, standing = _step(point), standing or standing_of(point)
    file, today = file or evidence.evidence_on_file(point), timezone.localdate()
    outlook = outlook_of(file, today, delisting_rule())
    ask_from = _ask_from(point, file, today)
    workers, acceptors = workers_and_acceptors(point, standing)
    needs = tuple(need for need in evidence.requirements_of(step, file) if need.proof in evidence.PUBLIC_PROOFS)
    return DelistingOutlook(
        requirements=needs,
        ask_from=ask_from,
        delist_from=max(ask_from, outlook.earliest) if ask_from else None,
        samples=outlook,
        months=[month_in_words(month) for month in outlook.to_sample],
        who=step_people(step),
        is_asked=step.source == point.status,
        is_off_list=point.is_off_list,
        workers=workers,
        acceptors=acceptors,
        gaps=[translate(gap.message(today)) for gap in reversed(file.gaps)],
    )


def _step(point: MonitoringPoint) -> Transition:
    """The step that delists the point: from where it stands, else from where acceptance is asked."""
    found = TABLE.move(point.status, State.DELISTED) or TABLE.move(State.ACCEPTANCE_ASKED, State.DELISTED)
    if found is None:
        raise LookupError("no step of the table leads from acceptance to delisting")
    return found


def _ask_from(point: MonitoringPoint, file: EvidenceOnFile, today: date) -> date | None:
    """The day by which the last open measure is to be finished; today when none is open."""
    if not file.open_measures:
        return today
    days = [measure.due_on for measure in measures_still_open(point)]
    known = [day for day in days if day is not None]
    return max([today, *known]) if len(known) == len(days) else None


def month_in_words(month: Month) -> str:
    return _("%(year)s年%(month)s月") % {"year": month[0], "month": month[1]}


def look_back_due(point: MonitoringPoint, book: rules.Book | None = None) -> date | None:
    """The day by which a delisted point must be looked at again, by the rule of the day on which it was delisted.

    None when it was looked at, or is not delisted.
    """
    if point.status != State.DELISTED or point.delisted_on is None:
        return None
    if any(event.to_status == State.LOOK_BACK for event in present_steps(point)):
        return None
    days = (book or rules.book()).value("look_back.after_days", on=point.delisted_on)
    return point.delisted_on + timedelta(days=days)
