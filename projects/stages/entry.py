"""What is asked of a project that is under way, or over, when a district begins with the platform (`together`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Area, User
from accounts.permissions import leads
from geokit.refusal import NotPermitted
from projects.plan.days import refuse_day_to_come
from projects.plan.editing import TOTAL_WEIGHT
from projects.plan.given import refuse_bad_code, refuse_foreign_lead, refuse_odd_days
from projects.plan.models import Milestone, Project
from projects.plan.refusals import field_refusal
from projects.plan.stage_table import STAGES
from ui.field_checks import check_moment

NEEDS_A_PLAN = STAGES.in_group("under_way")


@dataclass(frozen=True, slots=True)
class EnteredMilestone:
    """A step of the plan, with the day it was done if it was."""

    title: str
    weight: int
    due_on: date
    done_on: date | None = None


def refuse_stranger(actor: User, area: Area | None) -> None:
    """Raise NotPermitted for who does not lead the district of `area`."""
    if not leads(actor, area):
        raise NotPermitted(_("项目由区人大工作人员或管理员录入。"))


def milestones_of(project: Project, milestones: Sequence[EnteredMilestone]) -> list[Milestone]:
    """Return the rows of a plan, in its order; nothing is saved."""
    return [
        Milestone(
            project=project, order=order, title=step.title, weight=step.weight, due_on=step.due_on, done_on=step.done_on
        )
        for order, step in enumerate(milestones, 1)
    ]


def audited(project: Project, milestones: Sequence[EnteredMilestone]) -> dict[str, Any]:
    """Return what the audit trail says of the entry."""
    done = {order: str(step.done_on) for order, step in enumerate(milestones, 1) if step.done_on}
    return {"code": project.code, "status": project.status, "milestones": len(milestones), "done": done}


def check_entry(project: Project, milestones: Sequence[EnteredMilestone]) -> None:
    """Refuse odd codes, days and leads, and a plan that does not add up, has steps done on days to come, or is not
    there while the work is.
    """
    refuse_bad_code(project.code)
    refuse_odd_days(project.starts_on, project.ends_on)
    refuse_foreign_lead(project.lead, project.area)
    for step in milestones:
        check_moment("milestones", step.due_on)
        if step.done_on:
            refuse_day_to_come("milestones", _("“%s”的完成日期") % step.title, step.done_on)
    total = sum(step.weight for step in milestones)
    if milestones and total != TOTAL_WEIGHT:
        raise field_refusal("milestones", "not-hundred", _("权重合计应为 100%%，现在是 %d%%。") % total)
    if not milestones and project.status in NEEDS_A_PLAN:
        raise field_refusal("milestones", "required", _("实施中的项目要写节点。"))
