"""Writes to projects: a milestone is done, progress is reported, the lights are brought up to date."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import rules
from accounts.models import User
from geokit.refusal import BadInput, FieldError, MissingEvidence, NotPermitted, StaleEdit
from ledger import audit
from projects.plan.days import refuse_wrong_day
from projects.plan.given import refuse_in_a_vote
from projects.plan.lights import KEYS, rule_on, same_rule
from projects.plan.models import Milestone, ProgressReport, Project, ProjectPlace
from projects.plan.permissions import may_update, projects_visible_to
from projects.plan.progress import OFF, LightRule, PlannedMilestone, Standing, standing_of
from projects.plan.stage_table import STAGES
from ui.pictures.photos import sanitise_photo

UNDER_WAY = STAGES.in_group("under_way")


def standing(project: Project, on: date | None = None, rule: LightRule | None = None) -> Standing:
    """Compute where `project` stands on a day, today by default, from its milestones and the rule of that day."""
    steps = [PlannedMilestone(m.weight, m.due_on, m.done_on) for m in project.milestones.all()]
    return standing_of(steps, project.starts_on, on or timezone.localdate(), rule or rule_on(on))


@transaction.atomic
def complete_milestone(milestone_id: int, actor: User, done_on: date, expected_version: int) -> Milestone:
    """Record that a milestone was reached on `done_on`; progress and light follow.

    Raises NotPermitted, StaleEdit (somebody changed the project since the form was opened), BadInput.
    """
    project_id = Milestone.objects.values_list("project_id", flat=True).get(pk=milestone_id)
    project = _lock(project_id, actor)
    if project.version != expected_version:
        raise StaleEdit(_("“%(name)s”在您打开页面之后已被更新。请查看最新进度后再提交。") % {"name": project.name})
    milestone = project.milestones.get(pk=milestone_id)
    _check_completion(project, milestone, done_on)
    milestone.done_on = done_on
    milestone.save(update_fields=["done_on"])
    _refresh(project, None, *_rule_of_lights(None))
    project.version += 1
    project.save(update_fields=["progress", "light", "light_basis", "version", "updated_at"])
    audit.record(
        actor, "complete_milestone", project, milestone=milestone.order, title=milestone.title, done_on=str(done_on)
    )
    return milestone


@transaction.atomic
def report_progress(
    project_id: int,
    actor: User,
    text: str,
    reported_on: date | None = None,
    problems: str = "",
    photo: UploadedFile | None = None,
    *,
    moment: str = ProgressReport.Moment.DURING,
    place: ProjectPlace | None = None,
    spent_wan: Decimal | None = None,
    figures: Mapping[int, Decimal] | None = None,
) -> ProgressReport:
    """Add a progress report, with a photo of the place if there is one. Reports are never edited.

    The same report sent again, because no answer was heard, is there once.

    `spent_wan` (10,000 yuan) and `figures` (goal -> quantity) are sums up to now; project and goals follow them.
    Raises NotPermitted, MissingEvidence (no text), PhotoRefused, BadInput (a day to come, another project's place, a
    candidate that is voted on).
    """
    project = _lock(project_id, actor)
    refuse_in_a_vote(project)
    reported_on = reported_on or timezone.localdate()
    _check_report(project, text, reported_on)
    if place is not None and place.project_id != project.pk:
        raise BadInput(_("“%s”不是这个项目的点位。") % place.name, code="foreign-place")
    clean = sanitise_photo(photo) if photo is not None else None
    report = ProgressReport(
        project=project,
        reported_on=reported_on,
        text=text.strip(),
        problems=problems.strip(),
        author=actor,
        moment=moment,
        place=place,
        spent_wan=spent_wan,
        figures=_write_figures(project, figures or {}),
    )
    if same := _said_last(report, clean.sha256 if clean else ""):
        return same
    if clean is not None:
        # Named by the digest of its content: a file name chosen by the uploader may say who took it.
        report.photo.save(f"{clean.sha256[:24]}.jpg", ContentFile(clean.content), save=False)
    report.save()
    if spent_wan is not None:
        project.spent_wan = spent_wan
    project.save(update_fields=["spent_wan", "updated_at"])
    audit.record(actor, "report_progress", project, report=report.pk, photo=bool(report.photo))
    return report


SAID = ("author_id", "reported_on", "text", "problems", "moment", "place_id", "spent_wan", "figures")
"""What two reports have in common where one was sent twice, beside the photo."""


def _said_last(report: ProgressReport, digest: str) -> ProgressReport | None:
    """The newest report of the project if it is this one, which is not stored: the same in all it says, and photo."""
    last = report.project.reports.order_by("-created_at", "-pk").first()
    if last is None or any(getattr(last, name) != getattr(report, name) for name in SAID):
        return None
    is_same_photo = digest[:24] in str(last.photo.name) if digest else not last.photo
    return last if is_same_photo else None


@transaction.atomic
def refresh_projects(projects: QuerySet[Project] | None = None, on: date | None = None) -> int:
    """Recompute progress and light of `projects` (all by default) as of `on`; return how many changed."""
    chosen = Project.objects.all() if projects is None else projects
    rule, basis = _rule_of_lights(on)
    steps = Prefetch("milestones", Milestone.objects.order_by("order"))
    # Ordered, so that two runs at once lock the rows in the same order.
    locked = chosen.order_by("pk").prefetch_related(steps).select_for_update(of=("self",))
    changed = [project for project in locked if _refresh(project, on, rule, basis)]
    Project.objects.bulk_update(changed, ["progress", "light", "light_basis"])
    return len(changed)


def _rule_of_lights(on: date | None) -> tuple[LightRule, dict[str, Any]]:
    """The rule in force on a day, today by default, and its version and values for the light's basis."""
    book = rules.book()
    return rule_on(on, book), book.basis(*KEYS, on=on)


def _refresh(project: Project, on: date | None, rule: LightRule, basis: dict[str, Any]) -> bool:
    """Set the computed columns; tell whether they changed. A light that stays, by the same values, keeps its basis."""
    now = standing(project, on, rule)
    light = now.light if project.status in UNDER_WAY else OFF
    if light == OFF:
        basis = {}
    elif light == project.light and same_rule(basis, project.light_basis):
        basis = project.light_basis
    judged = (now.progress, light, basis)
    if (project.progress, project.light, project.light_basis) == judged:
        return False
    project.progress, project.light, project.light_basis = judged
    return True


def _write_figures(project: Project, figures: Mapping[int, Decimal]) -> dict[str, str]:
    """Let the goals follow; return the figures as a report keeps them. Raises BadInput."""
    goals = {goal.pk: goal for goal in project.goals.select_for_update()}
    for pk, achieved in figures.items():
        if pk not in goals or achieved < 0:
            raise BadInput(_("完成数要填在这个项目的目标上，而且不小于 0。"), code="bad-figure")
        project.goals.filter(pk=pk).update(achieved=achieved)
    return {str(pk): str(achieved) for pk, achieved in figures.items()}


def _lock(project_id: int, actor: User) -> Project:
    """Lock a project that `actor` may update. Raises Project.DoesNotExist for one that is not visible, NotPermitted."""
    project = projects_visible_to(actor).select_for_update(of=("self",)).get(pk=project_id)
    if not may_update(actor, project):
        raise NotPermitted(
            _("“%(name)s”由%(lead)s牵头，只有牵头单位的联络员可以更新。")
            % {"name": project.name, "lead": project.lead.name}
        )
    return project


def _check_completion(project: Project, milestone: Milestone, done_on: date) -> None:
    if project.status not in UNDER_WAY:
        raise BadInput(
            _("“%(name)s”还在“%(status)s”阶段，没有开始实施，不能完成节点。")
            % {"name": project.name, "status": project.get_status_display()},
            code="not-under-way",
        )
    if milestone.done_on is not None:
        raise BadInput(
            _("节点“%(title)s”已于 %(day)s 完成。") % {"title": milestone.title, "day": date_format(milestone.done_on)},
            code="already-done",
        )
    refuse_wrong_day("done_on", _("完成日期"), done_on)


def _check_report(project: Project, text: str, reported_on: date) -> None:
    if not text.strip():
        message = _("请写明进展。")
        raise MissingEvidence(
            _("“%(name)s”的进展报告缺少内容。") % {"name": project.name},
            code="text-missing",
            errors=[FieldError("text", "required", message)],
        )
    refuse_wrong_day("reported_on", _("日期"), reported_on)
