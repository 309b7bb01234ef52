"""The standing of a point and the evidence on its file, as the table of steps needs them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Department, Role
from accounts.permissions import Asker
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.rectification.models import Evidence, RectificationEvent
from river_monitoring.rectification.permissions import actor_of
from river_monitoring.samples.rating import meets_target
from river_monitoring.steps.proofs import EvidenceOnFile, Proof, Rules, SampleDay, missing_evidence, proof_name
from river_monitoring.steps.standing import Standing, may_take, steps_from
from river_monitoring.steps.table import TABLE, State, Transition
from river_monitoring.wording.translation import step_people, step_title, translate

# Steps of the department that does the works; the others are the inspectors'.
_WORK_STEPS = {(str(row.source), str(row.target)) for row in TABLE.moves if "own_officer" in row.who}


def rules() -> Rules:
    """Return the sample rule that this deployment set."""
    return Rules(**settings.DELISTING)


def present_events(point: MonitoringPoint) -> QuerySet[RectificationEvent]:
    """Events of the present listing: since the point was last listed."""
    events = point.events.order_by("at", "pk")
    listing = events.filter(to_status=State.LISTED).exclude(from_status=State.SUSPENDED).last()
    return events.filter(at__gte=listing.at) if listing else events


def standing_of(point: MonitoringPoint) -> Standing:
    """Return where the point stands, as the table of steps needs it."""
    events = list(present_events(point))
    suspension = next((event for event in reversed(events) if event.to_status == State.SUSPENDED), None)
    workers = {event.department_id for event in events if (event.from_status, event.to_status) in _WORK_STEPS}
    return Standing(
        state=State(point.status),
        department=point.department_id,
        suspended_from=State(suspension.from_status) if suspension else None,
        workers=frozenset(worker for worker in workers if worker is not None),
    )


def workers_of(point: MonitoringPoint) -> list[str]:
    """Names of the departments that did the works of the present listing and so may not accept them."""
    keys = {point.department_id, *standing_of(point).workers}
    return list(Department.objects.filter(pk__in=keys).order_by("code").values_list("name", flat=True))


def evidence_on_file(
    point: MonitoringPoint, *, note: str = "", due_on: date | None = None, kinds: Sequence[str] = ()
) -> EvidenceOnFile:
    """Return what proves a step: what is handed in now together with what the present listing already holds."""
    held = list(Evidence.objects.filter(event__in=present_events(point)).values_list("kind", flat=True))
    return EvidenceOnFile(
        note=note,
        plan=bool(note.strip()) or Evidence.Kind.PLAN in kinds,
        due_on=due_on,
        photos_before=[*held, *kinds].count(Evidence.Kind.BEFORE),
        photos_after=[*held, *kinds].count(Evidence.Kind.AFTER),
        open_measures=point.measures.filter(is_dropped=False, share_done__lt=100).count(),
        samples=sample_days(point),
        since=point.listed_on,
    )


def sample_days(point: MonitoringPoint) -> list[SampleDay]:
    """Return the days of the point's samples and whether each met the point's target class."""
    samples = point.samples.order_by("phenomenon_time").only("phenomenon_time", "water_class", "point_id")
    return [SampleDay(timezone.localdate(sample.phenomenon_time), meets_target(sample, point)) for sample in samples]


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
        return [need for need in self.requirements if need.missing and need.proof in SAMPLE_PROOFS]


# What no form of a step can bring: it must be there.
SAMPLE_PROOFS = (Proof.COMPLIANT, Proof.FAILING, Proof.MEASURES)


def next_steps(point: MonitoringPoint, user: Asker) -> list[NextStep]:
    """Return the steps that `user` may take with this point; empty for those who may only look."""
    actor = actor_of(user, point)
    if actor.role not in (Role.OFFICER, Role.STAFF, Role.ADMIN):
        return []
    standing, file = standing_of(point), evidence_on_file(point)
    steps = [step for step in steps_from(standing) if may_take(step, actor, standing)]
    return [NextStep(step, requirements_of(step, file)) for step in steps]


# Missing evidence that is shown to everybody; the rest is written when the step is taken.
PUBLIC_PROOFS = (Proof.PLAN, Proof.BEFORE, Proof.AFTER, Proof.MEASURES, Proof.COMPLIANT)


@dataclass(frozen=True)
class PublicNextStep:
    """The way forward from where a point stands: the step, who takes it, what it still lacks."""

    title: str
    who: str
    lacks: list[str]


def public_next_step(point: MonitoringPoint) -> PublicNextStep | None:
    """Return the next step of a point on the list, for everybody; None for one that is not on it."""
    standing = standing_of(point)
    if standing.state is State.NONE:
        return None
    step = steps_from(standing)[0]
    needs = requirements_of(step, evidence_on_file(point))
    lacks = [need.missing for need in needs if need.missing and need.proof in PUBLIC_PROOFS]
    return PublicNextStep(step_title(step), step_people(step), lacks)


def requirements_of(step: Transition, file: EvidenceOnFile) -> tuple[Requirement, ...]:
    """Each piece of evidence that `step` requires, with what is missing of it."""
    missing = {
        piece.proof: translate(piece.message) for piece in missing_evidence(step, file, timezone.localdate(), rules())
    }
    proofs = [Proof(need) for need in step.needs]
    return tuple(
        Requirement(proof.value, translate(proof_name(proof, rules())), missing.get(proof, "")) for proof in proofs
    )
