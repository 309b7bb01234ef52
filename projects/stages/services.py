"""From stage to stage: every change of a project's stage is an event with its reason."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Role, User
from accounts.notices import notify
from accounts.permissions import has_role
from geokit.refusal import BadInput, NotPermitted, StaleEdit
from ledger import audit
from projects.plan.models import Project
from projects.plan.services import refresh_projects
from projects.stages.models import StageChange

Status = Project.Status
NEXT = {
    Status.PROPOSED: (Status.CANDIDATE, Status.RESERVE),
    Status.CANDIDATE: (Status.RESERVE,),  # "voted" comes from a count, never from a person
    Status.RESERVE: (Status.CANDIDATE,),
    Status.VOTED: (Status.BUILDING,),
    Status.BUILDING: (Status.SUPERVISED,),
    Status.SUPERVISED: (Status.RATED,),
    Status.RATED: (),
}


def next_stages(project: Project) -> list[tuple[str, str]]:
    """Return where congress staff may move `project` to, as choices."""
    return [(stage.value, str(stage.label)) for stage in NEXT[Status(project.status)]]


@transaction.atomic
def move_project(project_id: int, actor: User, after: str, reason: str, expected_version: int) -> Project:
    """Move a project to its next stage. Raises NotPermitted, StaleEdit, BadInput."""
    if not has_role(actor, Role.STAFF):
        raise NotPermitted(_("项目阶段由人大工作人员变更。"))
    project = Project.objects.select_for_update().get(pk=project_id)
    if project.version != expected_version:
        raise StaleEdit(_("“%(name)s”在您打开页面之后已被更新。请查看最新情况后再提交。") % {"name": project.name})
    if after not in dict(next_stages(project)):
        raise BadInput(
            _("“%(name)s”现在处于“%(status)s”阶段，不能这样变更。")
            % {"name": project.name, "status": project.get_status_display()},
            code="no-such-step",
        )
    if not reason.strip():
        raise BadInput(_("请写明变更阶段的依据。"), code="reason-missing")
    if project.candidacies.filter(session__count__isnull=True).exists():
        raise BadInput(_("“%(name)s”正在票决，计票以前不能变更阶段。") % {"name": project.name}, code="in-a-vote")
    if after == Status.BUILDING:
        _check_plan(project)
    change_stage(project, actor, after, reason)
    _notify_stage(project)
    return project


def change_stage(project: Project, actor: User | None, after: str, reason: str) -> None:
    """Write the new stage of a locked project and its event; progress and light follow."""
    before, project.status = project.status, after
    project.version += 1
    project.save(update_fields=["status", "version", "updated_at"])
    StageChange.objects.create(project=project, before=before, after=after, reason=reason.strip(), actor=actor)
    audit.record(actor, "change_stage", project, before=before, after=after)
    refresh_projects(Project.objects.filter(pk=project.pk))
    project.refresh_from_db(fields=["progress", "light"])


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
    if project.status == Status.RATED:
        deputies = User.objects.filter(role=Role.DEPUTY)
        notify(deputies, "project-rating", text, _("请参加满意度测评。"), project.get_absolute_url(), key=key)


def record_first_stage(project: Project, actor: User | None, reason: str) -> None:
    """Write the event of a project that was just made."""
    StageChange.objects.create(project=project, after=project.status, reason=reason, actor=actor)
