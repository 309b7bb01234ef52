"""Administration of projects. What is computed or history is read, never typed."""

from typing import Any

from django.contrib import admin
from django.db.models import F
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest

from ledger import audit
from projects.plan.models import Milestone, ProgressReport, Project
from projects.plan.services import refresh_projects
from projects.ratings.models import Rating


class MilestoneInline(admin.TabularInline):
    """The plan and when its steps were done: read here; written on the project's page, by whom it concerns."""

    model = Milestone
    extra = 0
    readonly_fields = ("order", "title", "weight", "due_on", "done_on")
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RatingInline(admin.TabularInline):
    """Totals of answers and paper counts: read here, never typed."""

    model = Rating
    extra = 0
    readonly_fields = ("voter", "satisfied", "fairly_satisfied", "dissatisfied", "abstained")
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Project)
class ProjectAdmin(admin.ModelAdmin):
    list_display = ("code", "name", "year", "category", "status", "light", "progress", "lead", "area")
    list_filter = ("year", "status", "light", "category")
    search_fields = ("code", "name", "address")
    list_select_related = ("lead", "area")
    autocomplete_fields = ("lead", "partners", "area")
    readonly_fields = (
        "geom", "status", "starts_on", "ends_on", "progress", "light", "version", "updated_at",
    )  # fmt: skip
    """Stages are moved, and days are set, on the project's page, where the history keeps them."""
    inlines = [MilestoneInline, RatingInline]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A project needs a place, which is drawn or loaded, not typed here."""
        return False

    def save_related(
        self, request: HttpRequest, form: ModelForm, formsets: list[BaseInlineFormSet], change: bool
    ) -> None:
        """Let progress, light and version follow what was edited here, and write it down."""
        super().save_related(request, form, formsets, change)
        edited = Project.objects.filter(pk=form.instance.pk)
        refresh_projects(edited)
        edited.update(version=F("version") + 1)
        audit.record(request.user, "edit_project", form.instance, fields=form.changed_data)


@admin.register(ProgressReport)
class ProgressReportAdmin(admin.ModelAdmin):
    """Reports are history: read here, written on the project's page."""

    list_display = ("reported_on", "project", "author")
    search_fields = ("project__name", "text")
    list_select_related = ("project", "author")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
