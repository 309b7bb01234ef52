"""Administration of patrols: only the local rule is written here; what was walked is read on its own pages."""

from django.contrib import admin

from inspections.patrols.models import PatrolRule


@admin.register(PatrolRule)
class PatrolRuleAdmin(admin.ModelAdmin):
    list_display = ("capacity", "every_days", "min_minutes", "min_metres", "basis")
