"""Administration of projects. What is computed or history is read, never typed."""

from django.contrib import admin

from ledger.admin import ReadOnly, ReadOnlyAdmin
from projects.plan.models import Milestone, ProgressReport, Project
from projects.ratings.models import Rating


class MilestoneInline(ReadOnly, admin.TabularInline):
    model = Milestone
    extra = 0


class RatingInline(ReadOnly, admin.TabularInline):
    """Totals of answers and paper counts."""

    model = Rating
    extra = 0


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
