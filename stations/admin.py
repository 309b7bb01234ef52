"""Administration of stations, deputies and reception days. Places come from data files."""

from django.contrib import admin
from django.http import HttpRequest

from stations.models import Deputy, Reception, Station


@admin.register(Station)
class StationAdmin(admin.ModelAdmin):
    list_display = ("code", "name", "kind", "area", "opening")
    list_filter = ("kind", "area")
    search_fields = ("code", "name", "address")
    list_select_related = ("area",)
    autocomplete_fields = ("area",)
    readonly_fields = ("geom",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A station needs a place, which is loaded, not typed here."""
        return False


@admin.register(Deputy)
class DeputyAdmin(admin.ModelAdmin):
    list_display = ("name", "electoral_district", "station", "is_active")
    list_filter = ("is_active", "station__area")
    search_fields = ("code", "name", "electoral_district")
    list_select_related = ("station",)
    autocomplete_fields = ("station", "user")


@admin.register(Reception)
class ReceptionAdmin(admin.ModelAdmin):
    list_display = ("starts_at", "station", "kind", "held", "visitors", "matters", "matters_settled")
    list_filter = ("kind", "held")
    search_fields = ("station__name", "theme")
    list_select_related = ("station",)
    autocomplete_fields = ("station", "deputies")
    date_hierarchy = "starts_at"
