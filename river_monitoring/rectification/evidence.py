"""The evidence on the file of a point, as the table of steps needs it, and what of it is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from accounts.models import Role
from accounts.permissions import Asker
from river_monitoring.assessment.queries import Taken, months_of, read_since, taken_since
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.rectification.attachments import Attachment, photos_handed_in, photos_on_file
from river_monitoring.rectification.models import Evidence
from river_monitoring.rectification.objections import count_open
from river_monitoring.rectification.permissions import actor_of
from river_monitoring.rectification.proving import proven_by
from river_monitoring.rectification.standing import delisting_rule, present_steps, standing_of
from river_monitoring.samples.parties import WorksParties, works_parties
from river_monitoring.steps.proofs import EvidenceOnFile, Proof, SampleDay, missing_evidence, proof_name
from river_monitoring.steps.standing import Standing, may_take, steps_from
from river_monitoring.steps.table import State, Transition
from river_monitoring.wording.translation import step_people, step_title, translate
from river_monitoring.works.queries import completions_of, open_measures


def evidence_on_file(
    point: MonitoringPoint,
    *,
    note: str = "",
    due_on: date | None = None,
    attachments: Sequence[Attachment] = (),
    works: WorksParties | None = None,
    read: Sequence[Taken] | None = None,
) -> EvidenceOnFile:
    """Return what proves a step: what is handed in now together with what the present listing already holds.

    `works` are the parties of the point's works, `read` its samples at least since it was listed, if they were read.
    """
    kinds, since = {attachment.kind for attachment in attachments}, point.listed_on
    taken = read_since(point, since) if read is None else taken_since(read, since)
    proven = proven_by(point, taken, works or works_parties(point))
    return EvidenceOnFile(
        note=note,
        plan=bool(note.strip()) or Evidence.Kind.PLAN in kinds,
        due_on=due_on,
        due_at_most=point.due_on if point.status == State.LISTED else None,
        photos=[
            *photos_on_file(point, present_steps(point)),
            *photos_handed_in(point, attachments, timezone.now()),
        ],
        completions=completions_of(point),
        open_measures=open_measures(point),
        open_objections=count_open(point),
        target=point.target_class,
        samples=proven.days,
        since=point.listed_on,
        gaps=proven.gaps,
        seen=_seen(point, taken, proven.days),
    )


def _seen(point: MonitoringPoint, taken: Sequence[Taken], proven: Sequence[SampleDay]) -> list[SampleDay]:
    """What `sample_days` says, for a relapse: a month fails whoever took its samples, but complies only by samples that
    prove it.

    Of one that complies by others nothing is said: nobody keeps his own works off the list.
    """
    good = {(each.day.year, each.day.month) for each in proven if each.compliant}
    return [
        each if not each.compliant or (each.day.year, each.day.month) in good else SampleDay(each.day, None)
        for each in sample_days(point, taken)
    ]


def sample_days(point: MonitoringPoint, taken: Sequence[Taken] | None = None) -> list[SampleDay]:
    """The newest day of each month sampled since the listing, and whether the month as assessed met the target.

    Of all samples, whoever took them: what is shown of the water. What proves the works is `proving.proven_months`.
    """
    since = read_since(point, point.listed_on) if taken is None else taken
    return [SampleDay(newest_day, found.meets_target) for newest_day, found in months_of(point, since)]


@dataclass(frozen=True)
class Requirement:
    """One piece of evidence that a step requires: its name, and what is missing of it (empty when it is there)."""

    proof: str
    name: str
    missing: str


@dataclass(frozen=True)
class NextStep:
    """A step that somebody may take now, and what it requires."""

    step: Transition
    requirements: tuple[Requirement, ...]

    @property
    def target(self) -> str:
        return str(self.step.target)

    @property
    def title(self) -> str:
        return step_title(self.step)

    @property
    def is_main(self) -> bool:
        """Whether this is the way forward rather than a way aside or back."""
        return self.step.target is not State.SUSPENDED and Proof.FAILING not in self.step.needs

    @property
    def held(self) -> set[str]:
        """Proofs that are there already."""
        return {need.proof for need in self.requirements if not need.missing}

    @property
    def blocked_by(self) -> list[Requirement]:
        """What is missing and cannot be handed in with the form: samples that do not exist yet, works not done."""
        return [need for need in self.requirements if need.missing and need.proof in NOT_IN_FORM]


# What no form of a step can bring: it must be there.
NOT_IN_FORM = (Proof.COMPLIANT, Proof.FAILING, Proof.MEASURES, Proof.TARGET, Proof.VOUCHED, Proof.UNDISPUTED)


def next_steps(
    point: MonitoringPoint, user: Asker, file: EvidenceOnFile | None = None, standing: Standing | None = None
) -> list[NextStep]:
    """Return the steps that `user` may take with this point; empty for those who may only look.

    `file` and `standing` are the point's, if they were read.
    """
    actor = actor_of(user, point)
    if actor.role != Role.OFFICER:
        return []
    standing, file = standing or standing_of(point), file or evidence_on_file(point)
    steps = [step for step in steps_from(standing) if may_take(step, actor, standing)]
    return [NextStep(step, requirements_of(step, file)) for step in steps]


# Missing evidence that is shown to everybody; the rest is written when the step is taken.
PUBLIC_PROOFS = frozenset(Proof) - {Proof.NOTE, Proof.DEADLINE}


@dataclass(frozen=True)
class PublicNextStep:
    """The way forward from where a point stands: the step, who takes it, what it still lacks."""

    title: str
    who: str
    lacks: list[str]


def public_next_step(
    point: MonitoringPoint, file: EvidenceOnFile | None = None, standing: Standing | None = None
) -> PublicNextStep | None:
    """Return the next step of a point on the list, for everybody; None for one that is not on it.

    `file` and `standing` are the point's, if they were read.
    """
    if point.status == State.NONE:
        return None
    standing = standing or standing_of(point)
    step = steps_from(standing)[0]
    needs = requirements_of(step, file or evidence_on_file(point))
    lacks = [need.missing for need in needs if need.missing and need.proof in PUBLIC_PROOFS]
    return PublicNextStep(step_title(step), step_people(step), lacks)


def requirements_of(step: Transition, file: EvidenceOnFile) -> tuple[Requirement, ...]:
    """Each piece of evidence that `step` requires, with what is missing of it."""
    rule = delisting_rule()
    missing = {
        piece.proof: translate(piece.message) for piece in missing_evidence(step, file, timezone.localdate(), rule)
    }
    proofs = [Proof(need) for need in step.needs]
    return tuple(
        Requirement(proof.value, translate(proof_name(proof, rule)), missing.get(proof, "")) for proof in proofs
    )
