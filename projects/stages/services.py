"""From stage to stage, by the table `plan.stage_table`: every change is an event with its reason."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from accounts.congress.queries import deputies_inside
from accounts.models import Role, User
from accounts.notices import notify
from accounts.permissions import is_staff_of
from geokit.refusal import BadInput, FieldError, NotPermitted, Refusal, StaleEdit
from ledger.actors import Actor, account_of
from ledger.steps.apply import apply
from ledger.steps.workflow import Attempt, Line, Step, Workflow
from projects.plan.given import stands_in_a_vote
from projects.plan.models import Project
from projects.plan.services import refresh_projects
from projects.plan.stage_table import STAGES, Stage
from projects.stages.models import StageChange


class StageWorkflow(Workflow[Project, StageChange, Project]):
    """Congress staff move a project on; `StageChange` records each step, progress and light follow."""

    table, model, state_field = STAGES, Project, "status"

    def facts(self, thing: Project) -> Project:
        return thing

    def parties(self, actor: Actor, thing: Project, facts: Project) -> Collection[str]:
        return {"staff"} if is_staff_of(account_of(actor), thing.area, thing.geom) else set()

    def obstacle(self, step: Step[Project, Project]) -> str:
        if stands_in_a_vote(step.thing):
            message = _("“%(name)s”正在票决，计票以前不能变更阶段。") % {"name": step.thing.name}
            raise BadInput(message, code="in-a-vote")
        return ""

    def change(self, step: Step[Project, Project]) -> Mapping[str, Any]:
        if step.line.target == Stage.BUILDING:
            _check_plan(step.thing)
        return {"reason": str(step.given["reason"]).strip()}

    def write_event(self, step: Step[Project, Project], fields: Mapping[str, Any]) -> StageChange:
        project = step.thing
        stages = {"before": step.state, "after": project.status}
        event = StageChange.objects.create(project=project, actor=account_of(step.actor), **stages, **fields)
        refresh_projects(Project.objects.filter(pk=project.pk))
        project.refresh_from_db(fields=["progress", "light"])
        return event

    def tell(self, step: Step[Project, Project], event: StageChange) -> None:
        _notify_stage(step.thing)

    def audit_entry(self, step: Step[Project, Project], event: StageChange) -> tuple[str, Mapping[str, Any]]:
        return "change_stage", {"before": event.before, "after": event.after}

    def unknown_word(self, word: str) -> Refusal:
        return BadInput(_("项目没有“%s”这个阶段。") % word, code="no-such-step")

    def stranger(self, attempt: Attempt[Project, Project], lines: Sequence[Line]) -> Refusal:
        return self.wrong_moment(attempt) if attempt.mine else NotPermitted(_("项目阶段由人大工作人员变更。"))

    def stale(self, attempt: Attempt[Project, Project]) -> Refusal:
        words = {"name": attempt.thing.name}
        return StaleEdit(_("“%(name)s”在您打开页面之后已被更新。请查看最新情况后再提交。") % words)

    def wrong_moment(self, attempt: Attempt[Project, Project]) -> Refusal:
        words = {"name": attempt.thing.name, "status": STAGES.label(attempt.state)}
        return BadInput(_("“%(name)s”现在处于“%(status)s”阶段，不能这样变更。") % words, code="no-such-step")

    def lacking(self, errors: Sequence[FieldError]) -> Refusal:
        return BadInput(errors[0].message, code="reason-missing", errors=errors)


class VoteWorkflow(StageWorkflow):
    """The same steps taken by the count of a vote, whoever has it counted."""

    def parties(self, actor: Actor, thing: Project, facts: Project) -> Collection[str]:
        return {"count"}


BY_STAFF, BY_VOTE = StageWorkflow(), VoteWorkflow()


def next_stages(project: Project) -> list[tuple[str, str]]:
    """Return where congress staff may move `project` to, as choices."""
    return [
        (str(line.target), str(STAGES.label(str(line.target)))) for line in STAGES.steps_now(project.status, {"staff"})
    ]


def move_project(project_id: int, actor: User, after: str, reason: str, expected_version: int) -> Project:
    """Move a project to its next stage. Raises NotPermitted, StaleEdit, BadInput."""
    return apply(BY_STAFF, actor, project_id, version=expected_version, given={"reason": reason}, target=after).project


def decide_candidate(project: Project, actor: Actor, is_elected: bool, reason: str) -> Project:
    """Write what the count of a vote says of a candidate: voted for, or kept in reserve. Raises BadInput."""
    verb = "elect" if is_elected else "pass_over"
    return apply(BY_VOTE, actor, project, verb, given={"reason": reason}).project


def record_first_stage(project: Project, actor: User | None, reason: str) -> None:
    """Write the event of a project that was just made."""
    StageChange.objects.create(project=project, after=project.status, reason=reason, actor=actor)


def _check_plan(project: Project) -> None:
    """Refuse to begin without a plan; work that goes on after its year needs a goal for each (Banan 2025)."""
    if not project.milestones.exists():
        raise BadInput(_("还没有节点计划，请牵头单位先填写。"), code="plan-missing")
    planned = set(project.goals.values_list("year", flat=True))
    missing = [str(year) for year in range(project.year, project.ends_on.year + 1) if year not in planned]
    if project.is_cross_year and missing:
        message = _("跨年度项目每年都要有目标，缺少：%s。") % "、".join(missing)
        raise BadInput(message, code="goal-missing")


def _notify_stage(project: Project) -> None:
    """Tell the lead department where its project stands, and the deputies that it can be rated."""
    text = _("“%(name)s”进入“%(stage)s”阶段") % {"name": project.name, "stage": project.get_status_display()}
    key = f"project:{project.pk}:stage:{project.version}"
    officers = User.objects.filter(role=Role.OFFICER, department=project.lead)
    notify(officers, "project-stage", text, "", project.get_absolute_url(), key=key)
    if project.status == Stage.RATED:
        notify(
            deputies_inside(project.area),
            "project-rating",
            text,
            _("请参加满意度测评。"),
            project.get_absolute_url(),
            key=key,
            to_groups=False,
        )
