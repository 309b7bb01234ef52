"""Administration of stations and deputies. Receptions and duty records are read-only here: services write them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from ledger.admin import ReadOnlyAdmin
from stations.duty.models import DutyRecord
from stations.receptions.models import Reception
from stations.register.models import Deputy, Station


@admin.register(Station)
class StationAdmin(ReadOnlyAdmin):
    """Read here; written on the station's own page."""

    list_display = ("code", "name", "kind", "area", "opening")
    list_filter = ("kind", "area")
    search_fields = ("code", "name", "address")
    list_select_related = ("area",)
    exclude = ("geom",)  # the map widget would ask a foreign server


@admin.register(Deputy)
class DeputyAdmin(admin.ModelAdmin):
    """The account of a deputy is named here; she comes and goes by the sheet."""

    list_display = ("name", "electoral_district", "station", "is_active")
    list_filter = ("is_active", "station__area")
    search_fields = ("code", "name", "electoral_district")
    list_select_related = ("station",)
    autocomplete_fields = ("station", "constituency")
    raw_id_fields = ("user",)  # accounts are kept on pages of their own, not in the administration

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Reception)
class ReceptionAdmin(ReadOnlyAdmin):
    list_display = ("starts_at", "station", "kind", "status", "visitors")
    list_filter = ("kind", "status")
    search_fields = ("station__name", "theme")
    list_select_related = ("station",)
    date_hierarchy = "starts_at"


@admin.register(DutyRecord)
class DutyRecordAdmin(ReadOnlyAdmin):
    list_display = ("on", "deputy", "kind", "title", "is_confirmed", "is_withdrawn")
    list_filter = ("kind", "is_confirmed", "is_withdrawn")
    search_fields = ("deputy__name", "title", "source")
    list_select_related = ("deputy",)
    date_hierarchy = "on"
