"""The department's and the staff's pages of a project."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import BaseFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Role
from accounts.permissions import has_role, require_role
from geokit.refusal import BadInput, MissingEvidence, StaleEdit
from projects.pages.access import signed_in, updatable, updater
from projects.pages.edit_conflicts import differences
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
from ui.forms.photos import taken
from ui.forms.refusable import posted_version, render_form

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
        editing.edit_project(project.pk, signed_in(request), form.values(), posted_version(request), partners)
    except (BadInput, StaleEdit) as refusal:
        form.show(refusal)
        fresh = updatable(request, project.code)
        conflict = differences(form, fresh) if isinstance(refusal, StaleEdit) else []
        return _show(request, fresh, "basics", form, conflict=conflict)
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
    sent = request.method == "POST"
    form = ReportForm(request.POST if sent else None, request.FILES if sent else None, project=project)
    if not sent or not form.is_valid():
        return _show(request, project, "report", form)
    try:
        project_services.report_progress(project.pk, signed_in(request), **form.given())
    except (BadInput, MissingEvidence) as refusal:
        form.show(refusal)
        return _show(request, project, "report", form)
    messages.success(request, _("进展已发布。"))
    return taken(request, project.get_absolute_url(), form.arrivals)


@require_POST
@require_role(Role.STAFF)
def stage(request: HttpRequest, code: str) -> HttpResponse:
    """Move a project to its next stage."""
    project = updatable(request, code)
    form = StageForm(request.POST, stages=next_stages(project))
    if not form.is_valid():
        return _show(request, project, "stage", form)
    try:
        move_project(
            project.pk,
            signed_in(request),
            form.cleaned_data["after"],
            form.cleaned_data["reason"],
            posted_version(request),
        )
    except (BadInput, StaleEdit) as refusal:
        form.show(refusal)
        return _show(request, updatable(request, code), "stage", form)
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
        form.show(refusal)
        return _show(request, project, "recommendation", form)
    return _done(request, project, _("票选推荐结果已登记。"))


def _table(
    request: HttpRequest, project: Project, page: str, formset: BaseFormSet, write: Callable[..., None]
) -> HttpResponse:
    """Show or save a table of rows."""
    if request.method != "POST" or not formset.is_valid():
        return _show(request, project, page, formset)
    try:
        write(project.pk, signed_in(request), rows_of(formset), posted_version(request))
    except (BadInput, StaleEdit) as refusal:
        formset.refusal = refusal  # type: ignore[attr-defined]  # for the summary and the status
        return _show(request, updatable(request, project.code), page, formset)
    return _done(request, project, _("已保存。"))


def _show(request: HttpRequest, project: Project, page: str, form: Any, **more: Any) -> HttpResponse:
    """Show one of the pages; the version in it is the newest, so that a second save is a decision."""
    context = {"project": project, "form": form, "page": page, **more}
    return render_form(request, f"projects/editing/{page}.html", context)


def _done(request: HttpRequest, project: Project, message: str) -> HttpResponse:
    messages.success(request, message)
    return redirect("projects:detail", project.code)
