from django.contrib import admin

from reporting.quarterly.models import QuarterlyReport


@admin.register(QuarterlyReport)
class QuarterlyReportAdmin(admin.ModelAdmin):
    """What was ordered, to look at; a report is made by its job only."""

    list_display = ["__str__", "state", "step", "ordered_by", "ordered_at", "finished_at"]
    list_filter = ["state", "year"]

    def has_add_permission(self, request: object) -> bool:
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        return False
