"""Projects of a sheet entered together: each checked as `entry` checks one, each kind of row with one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from geokit.refusal import Refusal
from ledger import audit
from projects.plan.models import Milestone, Project
from projects.plan.services import refresh_projects
from projects.stages.entry import EnteredMilestone, audited, check_entry, milestones_of, refuse_stranger
from projects.stages.models import StageChange
from ui.field_checks import check_own_fields


@dataclass(frozen=True, slots=True)
class GivenProject:
    """A new project as a row says it."""

    code: str
    facts: Mapping[str, Any]
    milestones: Sequence[EnteredMilestone]


def enter_projects(actor: User, given: Sequence[GivenProject], reason: str) -> list[Project | Refusal]:
    """Enter many new projects in a number of queries that does not grow with them; for each what became of it."""
    answers: list[Project | Refusal] = []
    entered: list[tuple[Project, GivenProject]] = []
    for one in given:
        try:
            refuse_stranger(actor, one.facts.get("area"))
            project = Project(code=one.code, **one.facts)
            check_own_fields(project, "bad-project")
            check_entry(project, one.milestones)
        except Refusal as refusal:
            answers.append(refusal)
            continue
        entered.append((project, one))
        answers.append(project)
    _store(actor, entered, reason)
    return answers


def _store(actor: User, entered: Sequence[tuple[Project, GivenProject]], reason: str) -> None:
    Project.objects.bulk_create([project for project, _one in entered])
    steps = [step for project, one in entered for step in milestones_of(project, one.milestones)]
    Milestone.objects.bulk_create(steps)
    StageChange.objects.bulk_create(
        StageChange(project=project, after=project.status, reason=reason, actor=actor) for project, _one in entered
    )
    refresh_projects(Project.objects.filter(pk__in=[project.pk for project, _one in entered]))
    audit.record_many(actor, "enter_project", ((project, audited(project, one.milestones)) for project, one in entered))
