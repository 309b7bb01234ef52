"""Writes to a project's plan: what it is, its goals, its milestones. Each raises StaleEdit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Role, User
from accounts.permissions import has_role
from geokit.refusal import NotPermitted, StaleEdit
from ledger import audit
from projects.plan.given import refuse_foreign_lead, refuse_in_a_vote, refuse_odd_days
from projects.plan.models import Goal, Milestone, Project
from projects.plan.permissions import may_update, projects_visible_to
from projects.plan.refusals import field_refusal
from projects.plan.services import UNDER_WAY, refresh_projects
from projects.plan.stage_table import STAGES
from ui.field_checks import check_moment

STAFF_FIELDS = ("name", "year", "category", "lead", "area", "budget_wan")
"""What the vote was about is changed by congress staff alone."""
LEAD_FIELDS = ("summary", "goal", "address", "starts_on", "ends_on")
PROMISED = STAGES.in_group("public")
"""From the vote on the lead does not lower what was voted for: the goals and the days."""
TOTAL_WEIGHT = 100
ORDER_OFFSET = 10_000
MOST_SAID = 200
"""Characters of a value that the audit trail repeats; the chain of evidence has the rest."""


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
    late = _put_off(project, values, changed)
    before = {name: str(getattr(project, name))[:MOST_SAID] for name in changed}
    for name in changed:
        setattr(project, name, values[name])
    if not may_update(actor, project):
        raise field_refusal("area", "not-yours", _("只有区人大工作人员可以把项目划给别的镇街。"))
    refuse_odd_days(project.starts_on, project.ends_on)
    if is_held_to_its_promise(project, actor):
        _refuse_less(late, "goal" in changed)
    if {"lead", "area"} & set(changed):
        refuse_foreign_lead(project.lead, project.area)
    project.save(update_fields=[*changed, "search_key", "updated_at"])
    if partners is not None:
        project.partners.set(partners)
    after = {name: str(values[name])[:MOST_SAID] for name in changed}
    write_version(project, actor, "edit_project", fields=changed, before=before, after=after)
    return project


@transaction.atomic
def plan_goals(project_id: int, actor: User, rows: Sequence[GoalRow], expected_version: int) -> None:
    """Write the goals anew, in the order given; what was achieved stays with each. Raises as `edit_project`."""
    project = lock_for_edit(project_id, actor, expected_version)
    known = {goal.pk: goal for goal in project.goals.select_for_update()}
    _refuse_strange_rows([row.pk for row in rows], known)
    for row in rows:
        if not project.year <= row.year <= max(project.ends_on.year, project.year):
            message = _("目标年度 %(year)d 不在项目的年度里（%(first)d 至 %(last)d）。")
            years = {"year": row.year, "first": project.year, "last": max(project.ends_on.year, project.year)}
            raise field_refusal("goals", "year-outside", message % years)
    _refuse_loss_of_results(
        [goal for pk, goal in known.items() if pk not in {row.pk for row in rows} and goal.achieved]
    )
    if is_held_to_its_promise(project, actor):
        _refuse_smaller_goals(known, rows)
    before = [_goal_as_words(goal) for goal in known.values()]
    project.goals.exclude(pk__in=[row.pk for row in rows if row.pk]).delete()
    # Out of the way first: an order may be taken by a row that has yet to move.
    project.goals.update(order=F("order") + ORDER_OFFSET)
    for order, row in enumerate(rows, 1):
        values = {"year": row.year, "order": order, "title": row.title, "quantity": row.quantity, "unit": row.unit}
        if row.pk:
            Goal.objects.filter(pk=row.pk).update(**values)
        else:
            Goal.objects.create(project=project, **values)
    write_version(project, actor, "plan_goals", before=before, after=[_goal_as_words(row) for row in rows])


@transaction.atomic
def plan_milestones(project_id: int, actor: User, rows: Sequence[MilestoneRow], expected_version: int) -> None:
    """Write the plan anew, in the order given; a step that is done stays as it is. Progress and light follow.

    Raises as `edit_project`; BadInput when the weights are not 100 in all or a step that is done would be lost.
    """
    project = lock_for_edit(project_id, actor, expected_version)
    known = {step.pk: step for step in project.milestones.select_for_update()}
    _refuse_strange_rows([row.pk for row in rows], known)
    for row in rows:
        check_moment("milestones", row.due_on)
    total = sum(row.weight for row in rows)
    if total != TOTAL_WEIGHT:
        raise field_refusal("milestones", "not-hundred", _("权重合计应为 100%%，现在是 %d%%。") % total)
    given = {row.pk: row for row in rows if row.pk}
    for pk, step in known.items():
        if step.done_on and (pk not in given or _differs(step, given[pk])):
            message = _("节点“%s”已经完成，不能再改或删除。")
            raise field_refusal("milestones", "already-done", message % step.title)
    if is_held_to_its_plan(project, actor):
        _refuse_slack(list(known.values()), rows)
    before = [_as_words(step) for step in known.values()]
    project.milestones.exclude(pk__in=list(given)).delete()
    project.milestones.update(order=F("order") + ORDER_OFFSET)
    for order, row in enumerate(rows, 1):
        values = {"order": order, "title": row.title, "weight": row.weight, "due_on": row.due_on}
        if row.pk:
            Milestone.objects.filter(pk=row.pk).update(**values)
        else:
            Milestone.objects.create(project=project, **values)
    write_version(project, actor, "plan_milestones", before=before, after=[_as_words(row) for row in rows])
    refresh_projects(Project.objects.filter(pk=project.pk))


def lock_for_edit(project_id: int, actor: User, expected_version: int) -> Project:
    """Lock a project that `actor` may update and that nobody changed meanwhile. Raises NotPermitted, StaleEdit."""
    project = projects_visible_to(actor).select_for_update(of=("self",)).get(pk=project_id)
    if not may_update(actor, project):
        raise NotPermitted(
            _("“%(name)s”由%(lead)s牵头，只有牵头单位的联络员可以更新。")
            % {"name": project.name, "lead": project.lead.name}
        )
    refuse_in_a_vote(project)
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


def is_held_to_its_plan(project: Project, actor: User) -> bool:
    """Whether the plan binds `actor`: while works go on the lead does not lower what it is measured by; staff may."""
    return project.status in UNDER_WAY and not has_role(actor, Role.STAFF)


def is_held_to_its_promise(project: Project, actor: User) -> bool:
    """Whether what was voted for binds `actor`: the lead, from the vote on; staff may change it."""
    return project.status in PROMISED and not has_role(actor, Role.STAFF)


def _refuse_less(late: str, has_other_goal: bool) -> None:
    if late:
        raise field_refusal(late, "put-off", _("票决以后，日期只能由人大工作人员凭依据推后。"))
    if has_other_goal:
        raise field_refusal("goal", "promised", _("票决以后，目标任务只能由人大工作人员凭依据修改。"))


def _put_off(project: Project, values: Mapping[str, Any], changed: Sequence[str]) -> str:
    """The first of the two days that would come later; "" for none."""
    days = [name for name in ("starts_on", "ends_on") if name in changed]
    return next((name for name in days if values[name] > getattr(project, name)), "")


def _refuse_smaller_goals(known: Mapping[int, Goal], rows: Sequence[GoalRow]) -> None:
    given = {row.pk: row for row in rows if row.pk}
    for pk, goal in known.items():
        row = given.get(pk)
        same = row is not None and (row.title, row.unit, row.year) == (goal.title, goal.unit, goal.year)
        if row is None or not same or row.quantity < goal.quantity:
            message = _("票决以后，目标“%s”只能由人大工作人员凭依据调低、改写或取消。") % goal.title
            raise field_refusal("goals", "smaller", message)


def _refuse_slack(known: Sequence[Milestone], rows: Sequence[MilestoneRow]) -> None:
    """On no day may the new plan ask for less than the old one: lights and lateness are judged by it."""
    days = {step.due_on for step in known} | {row.due_on for row in rows}
    for day in sorted(days):
        before = sum(step.weight for step in known if step.due_on <= day)
        after = sum(row.weight for row in rows if row.due_on <= day)
        if after < before:
            message = _(
                "按原计划到 %(day)s 应完成 %(before)d%%，改后只有 %(after)d%%；实施中推后节点由人大工作人员登记。"
            )
            words = {"day": date_format(day), "before": before, "after": after}
            raise field_refusal("milestones", "slack", message % words)


def _goal_as_words(goal: Goal | GoalRow) -> str:
    return f"{goal.year} {goal.title} {goal.quantity:f}{goal.unit}"


def _as_words(step: Milestone | MilestoneRow) -> str:
    return f"{step.title} {step.weight}% {step.due_on}"


def _differs(step: Milestone, row: MilestoneRow) -> bool:
    return (step.title, step.weight, step.due_on) != (row.title, row.weight, row.due_on)


def _refuse_strange_rows(keys: Sequence[int | None], known: Mapping[int, Any]) -> None:
    """Refuse rows that are there no more, and one row sent as two: both would be counted and one stored."""
    named = [key for key in keys if key]
    if set(named) - set(known) or len(set(named)) < len(named):
        raise StaleEdit(_("有一行已被别人删除，请查看最新内容后再提交。"))


def _refuse_loss_of_results(goals: Sequence[Goal]) -> None:
    if goals:
        message = _("目标“%s”已有完成数，不能删除。") % goals[0].title
        raise field_refusal("goals", "has-achieved", message)
