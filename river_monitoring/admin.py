"""Administration of waters. What is computed or part of the history is shown and cannot be typed."""

from typing import Any

from django.contrib.gis import admin
from django.http import HttpRequest

from river_monitoring.models import Evidence, MonitoringPoint, Reach, RectificationEvent, River, Sample


class WrittenByServices:
    """For rows that only services write: they are shown here, nothing more."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(River)
class RiverAdmin(admin.ModelAdmin):
    list_display = ["code", "name", "kind", "grade", "flows_into"]
    list_filter = ["kind", "grade"]
    search_fields = ["code", "name"]
    list_select_related = ["flows_into"]


@admin.register(Reach)
class ReachAdmin(admin.GISModelAdmin):
    list_display = ["code", "name", "river", "area", "chief_name"]
    list_filter = ["area"]
    search_fields = ["code", "name", "river__name"]
    list_select_related = ["river", "area"]


@admin.register(MonitoringPoint)
class MonitoringPointAdmin(admin.GISModelAdmin):
    list_display = ["code", "name", "kind", "area", "department", "current_class", "status", "due_on"]
    list_filter = ["kind", "current_class", "status", "department"]
    search_fields = ["code", "name"]
    list_select_related = ["area", "department"]
    readonly_fields = ["current_class", "status", "listed_on", "due_on", "delisted_on", "version", "updated_at"]
    autocomplete_fields = ["river", "reach"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The table that applies is fixed once there is a point: its samples were rated by it."""
        return [*self.readonly_fields, "water"] if obj else [*self.readonly_fields]


@admin.register(Sample)
class SampleAdmin(WrittenByServices, admin.ModelAdmin):
    list_display = ["point", "phenomenon_time", "source", "water_class", "recorded_by"]
    list_filter = ["source", "water_class"]
    search_fields = ["point__code", "point__name"]
    list_select_related = ["point", "recorded_by"]
    date_hierarchy = "phenomenon_time"


class EvidenceInline(WrittenByServices, admin.TabularInline):
    model = Evidence
    extra = 0
    fields = ["kind", "caption", "sha256", "taken_at"]


@admin.register(RectificationEvent)
class RectificationEventAdmin(WrittenByServices, admin.ModelAdmin):
    list_display = ["point", "at", "from_status", "to_status", "actor", "department"]
    list_filter = ["to_status", "department"]
    search_fields = ["point__code", "point__name"]
    list_select_related = ["point", "actor", "department"]
    inlines = [EvidenceInline]
