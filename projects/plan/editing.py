"""Writes to a project's plan: what it is, its goals, its milestones; the rule of the lights. Each raises StaleEdit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Role, User
from accounts.permissions import has_role, is_district_staff
from geokit.refusal import NotPermitted, StaleEdit
from ledger import audit
from projects.plan.models import Goal, LightSetting, Milestone, Project
from projects.plan.permissions import may_update, projects_visible_to
from projects.plan.refusals import field_refusal
from projects.plan.services import refresh_projects

STAFF_FIELDS = ("name", "year", "category", "lead", "area", "budget_wan")
"""What the vote was about is changed by congress staff alone."""
LEAD_FIELDS = ("summary", "goal", "address", "starts_on", "ends_on")
TOTAL_WEIGHT = 100
ORDER_OFFSET = 10_000


@dataclass(frozen=True)
class GoalRow:
    """A goal as typed; `pk` is None for a new one."""

    year: int
    title: str
    quantity: Decimal
    unit: str
    pk: int | None = None


@dataclass(frozen=True)
class MilestoneRow:
    """A milestone as typed; `pk` is None for a new one."""

    title: str
    weight: int
    due_on: date
    pk: int | None = None


@transaction.atomic
def edit_project(
    project_id: int,
    actor: User,
    values: Mapping[str, Any],
    expected_version: int,
    partners: Sequence[Any] | None = None,
) -> Project:
    """Change what a project is. Raises NotPermitted, StaleEdit, BadInput."""
    project = lock_for_edit(project_id, actor, expected_version)
    allowed = (*LEAD_FIELDS, *STAFF_FIELDS) if has_role(actor, Role.STAFF) else LEAD_FIELDS
    foreign = sorted(set(values) - set(allowed))
    if foreign or (partners is not None and not has_role(actor, Role.STAFF)):
        raise NotPermitted(_("名称、年度、类别、单位、镇街和计划投资由人大工作人员修改。"))
    changed = [name for name, value in values.items() if getattr(project, name) != value]
    for name in changed:
        setattr(project, name, values[name])
    if not may_update(actor, project):
        raise field_refusal("area", "not-yours", _("只有区人大工作人员可以把项目划给别的镇街。"))
    if project.ends_on < project.starts_on:
        raise field_refusal("ends_on", "ends-too-early", _("计划完成不能早于计划开工。"))
    project.save(update_fields=[*changed, "search_key", "updated_at"])
    if partners is not None:
        project.partners.set(partners)
    write_version(project, actor, "edit_project", fields=changed)
    return project


@transaction.atomic
def plan_goals(project_id: int, actor: User, rows: Sequence[GoalRow], expected_version: int) -> None:
    """Write the goals anew, in the order given; what was achieved stays with each. Raises as `edit_project`."""
    project = lock_for_edit(project_id, actor, expected_version)
    known = {goal.pk: goal for goal in project.goals.select_for_update()}
    _refuse_deleted_rows([row.pk for row in rows], known)
    for row in rows:
        if not project.year <= row.year <= max(project.ends_on.year, project.year):
            message = _("目标年度 %(year)d 不在项目的年度里（%(first)d 至 %(last)d）。")
            years = {"year": row.year, "first": project.year, "last": max(project.ends_on.year, project.year)}
            raise field_refusal("goals", "year-outside", message % years)
    _refuse_loss_of_results(
        [goal for pk, goal in known.items() if pk not in {row.pk for row in rows} and goal.achieved]
    )
    project.goals.exclude(pk__in=[row.pk for row in rows if row.pk]).delete()
    # Out of the way first: an order may be taken by a row that has yet to move.
    project.goals.update(order=F("order") + ORDER_OFFSET)
    for order, row in enumerate(rows, 1):
        values = {"year": row.year, "order": order, "title": row.title, "quantity": row.quantity, "unit": row.unit}
        if row.pk:
            Goal.objects.filter(pk=row.pk).update(**values)
        else:
            Goal.objects.create(project=project, **values)
    write_version(project, actor, "plan_goals", goals=len(rows))


@transaction.atomic
def plan_milestones(project_id: int, actor: User, rows: Sequence[MilestoneRow], expected_version: int) -> None:
    """Write the plan anew, in the order given; a step that is done stays as it is. Progress and light follow.

    Raises as `edit_project`; BadInput when the weights are not 100 in all or a step that is done would be lost.
    """
    project = lock_for_edit(project_id, actor, expected_version)
    known = {step.pk: step for step in project.milestones.select_for_update()}
    _refuse_deleted_rows([row.pk for row in rows], known)
    total = sum(row.weight for row in rows)
    if total != TOTAL_WEIGHT:
        raise field_refusal("milestones", "not-hundred", _("权重合计应为 100%%，现在是 %d%%。") % total)
    given = {row.pk: row for row in rows if row.pk}
    for pk, step in known.items():
        if step.done_on and (pk not in given or _differs(step, given[pk])):
            message = _("节点“%s”已经完成，不能再改或删除。")
            raise field_refusal("milestones", "already-done", message % step.title)
    project.milestones.exclude(pk__in=list(given)).delete()
    project.milestones.update(order=F("order") + ORDER_OFFSET)
    for order, row in enumerate(rows, 1):
        values = {"order": order, "title": row.title, "weight": row.weight, "due_on": row.due_on}
        if row.pk:
            Milestone.objects.filter(pk=row.pk).update(**values)
        else:
            Milestone.objects.create(project=project, **values)
    write_version(project, actor, "plan_milestones", steps=len(rows))
    refresh_projects(Project.objects.filter(pk=project.pk))


@transaction.atomic
def set_light_rule(actor: User, **values: Any) -> LightSetting:
    """Lay down how lights are computed from today on; every light follows. Raises NotPermitted, BadInput."""
    if not is_district_staff(actor):
        raise NotPermitted(_("亮灯规则由区人大工作人员设定。"))
    if values["red_above_points"] < values["yellow_from_points"]:
        raise field_refusal("red_above_points", "out-of-order", _("亮红灯的百分点不能小于亮黄灯的。"))
    setting = LightSetting.objects.create(author=actor, **values)
    audit.record(actor, "set_light_rule", setting, changed=refresh_projects())
    return setting


def lock_for_edit(project_id: int, actor: User, expected_version: int) -> Project:
    """Lock a project that `actor` may update and that nobody changed meanwhile. Raises NotPermitted, StaleEdit."""
    project = projects_visible_to(actor).select_for_update(of=("self",)).get(pk=project_id)
    if not may_update(actor, project):
        raise NotPermitted(
            _("“%(name)s”由%(lead)s牵头，只有牵头单位的联络员可以更新。")
            % {"name": project.name, "lead": project.lead.name}
        )
    if project.version != expected_version:
        raise StaleEdit(
            _("“%(name)s”在您打开页面之后已被更新。下面是最新内容和您填写的对照，核对后可以再次保存。")
            % {"name": project.name}
        )
    return project


def write_version(project: Project, actor: User, verb: str, **detail: Any) -> None:
    """Give a locked project its next version and write the change down."""
    project.version += 1
    project.save(update_fields=["version", "updated_at"])
    audit.record(actor, verb, project, **detail)


def _differs(step: Milestone, row: MilestoneRow) -> bool:
    return (step.title, step.weight, step.due_on) != (row.title, row.weight, row.due_on)


def _refuse_deleted_rows(keys: Sequence[int | None], known: Mapping[int, Any]) -> None:
    if {key for key in keys if key} - set(known):
        raise StaleEdit(_("有一行已被别人删除，请查看最新内容后再提交。"))


def _refuse_loss_of_results(goals: Sequence[Goal]) -> None:
    if goals:
        message = _("目标“%s”已有完成数，不能删除。") % goals[0].title
        raise field_refusal("goals", "has-achieved", message)
