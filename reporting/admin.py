from django.contrib import admin

from ledger.admin import ReadOnlyAdmin
from reporting.quarterly.models import QuarterlyReport


@admin.register(QuarterlyReport)
class QuarterlyReportAdmin(ReadOnlyAdmin):
    """What was ordered, to look at; a report is made by its job only."""

    list_display = ["__str__", "state", "step", "ordered_by", "ordered_at", "finished_at"]
    list_filter = ["state", "year"]
