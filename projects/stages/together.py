"""Projects entered in the stage they are in, one or those of a sheet, each kind of row with one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from geokit.refusal import Refusal, only_answer, refuse
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


def enter_project(actor: User, given: GivenProject, reason: str) -> Project:
    """Enter a project with its plan in any stage; its history begins there. Raises NotPermitted, BadInput."""
    project = only_answer(enter_projects(actor, [given], reason))
    project.refresh_from_db()
    return project


@transaction.atomic
def enter_projects(actor: User, given: Sequence[GivenProject], reason: str) -> list[Project | Refusal]:
    """Enter many new projects in a number of queries that does not grow with them; for each what became of it."""
    taken = set(Project.objects.filter(code__in={one.code for one in given}).values_list("code", flat=True))
    answers: list[Project | Refusal] = []
    entered: list[tuple[Project, GivenProject]] = []
    for one in given:
        try:
            refuse_stranger(actor, one.facts.get("area"))
            if one.code in taken:
                raise refuse("code", "code-taken", _("编号“%s”已被使用，请换一个。") % one.code)
            project = Project(code=one.code, **one.facts)
            check_own_fields(project, "bad-project")
            check_entry(project, one.milestones)
        except Refusal as refusal:
            answers.append(refusal)
            continue
        taken.add(one.code)
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
