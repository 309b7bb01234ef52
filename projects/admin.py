"""Administration of projects. What is computed or history is read, never typed."""

from django.contrib import admin

from ledger.admin import ReadOnly, ReadOnlyAdmin
from projects.plan.models import Milestone, ProgressReport, Project
from projects.ratings.models import Rating


class MilestoneInline(ReadOnly, admin.TabularInline):
    """The plan and when its steps were done: written on the project's page, by whom it concerns."""

    model = Milestone
    extra = 0
    readonly_fields = ("order", "title", "weight", "due_on", "done_on")


class RatingInline(ReadOnly, admin.TabularInline):
    """Totals of answers and paper counts."""

    model = Rating
    extra = 0
    readonly_fields = ("voter", "satisfied", "fairly_satisfied", "dissatisfied", "abstained", "in_bursts")


@admin.register(Project)
class ProjectAdmin(ReadOnlyAdmin):
    """Read here; written on the project's own pages, by services that follow rules, version and audit."""

    list_display = ("code", "name", "year", "category", "status", "light", "progress", "lead", "area")
    list_filter = ("year", "status", "light", "category")
    search_fields = ("code", "name", "address")
    list_select_related = ("lead", "area")
    inlines = [MilestoneInline, RatingInline]


@admin.register(ProgressReport)
class ProgressReportAdmin(ReadOnlyAdmin):
    """Reports are history: read here, written on the project's page."""

    list_display = ("reported_on", "project", "author")
    search_fields = ("project__name", "text")
    list_select_related = ("project", "author")
