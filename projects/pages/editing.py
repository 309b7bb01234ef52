"""The department's and the staff's pages of a project."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import BaseForm, BaseFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Role
from accounts.permissions import has_role, require_role
from geokit.refusal import BadInput, MissingEvidence, Refusal, StaleEdit, TooLarge
from projects.pages.access import signed_in, updatable, updater, version_of
from projects.pages.edit_conflicts import Difference, differences
from projects.pages.forms.plan import (
    BasicsForm,
    GoalForm,
    GoalRows,
    MilestoneRowForm,
    MilestoneRows,
    RecommendationForm,
    ReportForm,
    StageForm,
    rows_of,
)
from projects.plan import editing
from projects.plan import services as project_services
from projects.plan.models import Project
from projects.proposals.recommendations import record_recommendation
from projects.stages.services import move_project, next_stages
from ui.photos import PhotoRefused

FORM = ["GET", "HEAD", "POST"]
View = Callable[..., HttpResponse]


@require_http_methods(FORM)
@updater
def basics(request: HttpRequest, project: Project) -> HttpResponse:
    """What the project is."""
    is_staff = has_role(request.user, Role.STAFF)
    form = BasicsForm(request.POST if request.method == "POST" else None, instance=project, is_staff=is_staff)
    if request.method != "POST" or not form.is_valid():
        return _show(request, project, "basics", form)
    partners = form.cleaned_data.get("partners")
    try:
        editing.edit_project(project.pk, signed_in(request), form.values(), version_of(request), partners)
    except (BadInput, StaleEdit) as refusal:
        fresh = updatable(request, project.code)
        conflict = differences(form, fresh) if isinstance(refusal, StaleEdit) else []
        return _refused(request, fresh, "basics", form, refusal, conflict)
    return _done(request, project, _("已保存。"))


@require_http_methods(FORM)
@updater
def goals(request: HttpRequest, project: Project) -> HttpResponse:
    """Goals by year, with quantities and units."""
    initial = [GoalForm.of(goal) for goal in project.goals.order_by("year", "order")]
    formset = GoalRows(request.POST if request.method == "POST" else None, initial=initial, prefix="rows")
    return _table(request, project, "goals", formset, editing.plan_goals)


@require_http_methods(FORM)
@updater
def milestones(request: HttpRequest, project: Project) -> HttpResponse:
    """The plan: milestones, their weights and days."""
    initial = [MilestoneRowForm.of(step) for step in project.milestones.order_by("order")]
    formset = MilestoneRows(request.POST if request.method == "POST" else None, initial=initial, prefix="rows")
    return _table(request, project, "milestones", formset, editing.plan_milestones)


@require_http_methods(FORM)
@updater
def report(request: HttpRequest, project: Project) -> HttpResponse:
    """Report what was done."""
    form = ReportForm(request.POST or None, request.FILES or None, project=project)
    if request.method != "POST" or not form.is_valid():
        return _show(request, project, "report", form)
    try:
        project_services.report_progress(project.pk, signed_in(request), **form.given())
    except (BadInput, MissingEvidence) as refusal:
        return _refused(request, project, "report", form, refusal)
    return _done(request, project, _("进展已发布。"))


@require_POST
@require_role(Role.STAFF)
def stage(request: HttpRequest, code: str) -> HttpResponse:
    """Move a project to its next stage."""
    project = updatable(request, code)
    form = StageForm(request.POST, stages=next_stages(project))
    if not form.is_valid():
        return _show(request, project, "stage", form, 422)
    try:
        move_project(
            project.pk, signed_in(request), form.cleaned_data["after"], form.cleaned_data["reason"], version_of(request)
        )
    except (BadInput, StaleEdit) as refusal:
        return _refused(request, updatable(request, code), "stage", form, refusal)
    return _done(request, project, _("阶段已变更。"))


@require_http_methods(FORM)
@require_role(Role.STAFF)
def recommendation(request: HttpRequest, code: str) -> HttpResponse:
    """Enter how a street's residents' council voted on a candidate."""
    project = updatable(request, code)
    form = RecommendationForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _show(request, project, "recommendation", form)
    try:
        record_recommendation(project.pk, signed_in(request), **form.cleaned_data)
    except BadInput as refusal:
        return _refused(request, project, "recommendation", form, refusal)
    return _done(request, project, _("票选推荐结果已登记。"))


def _table(
    request: HttpRequest, project: Project, page: str, formset: BaseFormSet, write: Callable[..., None]
) -> HttpResponse:
    """Show or save a table of rows."""
    if request.method != "POST" or not formset.is_valid():
        return _show(request, project, page, formset)
    try:
        write(project.pk, signed_in(request), rows_of(formset), version_of(request))
    except (BadInput, StaleEdit) as refusal:
        fresh = updatable(request, project.code)
        return _show(request, fresh, page, formset, _status(refusal), refusal=refusal.message)
    return _done(request, project, _("已保存。"))


def refuse(form: BaseForm, refusal: Refusal) -> None:
    """Put each error of `refusal` beside its field, the rest on top."""
    if isinstance(refusal, PhotoRefused):
        form.add_error("photo", refusal.message)
    for error in refusal.errors:
        form.add_error(error.field if error.field in form.fields else None, error.message)
    if not refusal.errors and not isinstance(refusal, PhotoRefused):
        form.add_error(None, refusal.message)


def _refused(
    request: HttpRequest,
    project: Project,
    page: str,
    form: BaseForm,
    refusal: Refusal,
    conflict: list[Difference] | None = None,
) -> HttpResponse:
    refuse(form, refusal)
    return _show(request, project, page, form, _status(refusal), conflict=conflict or [])


def _status(refusal: Refusal) -> int:
    return 409 if isinstance(refusal, StaleEdit) else 413 if isinstance(refusal, TooLarge) else 422


def _show(
    request: HttpRequest, project: Project, page: str, form: Any, status: int | None = None, **more: Any
) -> HttpResponse:
    """Show one of the pages; the version in it is the newest, so that a second save is a decision."""
    context = {"project": project, "form": form, "page": page, **more}
    failed = request.method == "POST"
    return render(request, f"projects/editing/{page}.html", context, status=status or (422 if failed else 200))


def _done(request: HttpRequest, project: Project, message: str) -> HttpResponse:
    messages.success(request, message)
    return redirect("projects:detail", project.code)
