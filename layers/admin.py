"""Administration of layers: versions and imports are read, never typed."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from layers.importing.models import ImportJob
from layers.storage.models import Layer, LayerVersion
from ledger.admin import ReadOnlyAdmin


@admin.register(Layer)
class LayerAdmin(admin.ModelAdmin):
    list_display = ["title", "slug", "visibility", "geometry_type", "updated"]
    list_filter = ["visibility", "geometry_type"]
    search_fields = ["title", "slug"]
    readonly_fields = ["current_version", "geometry_type", "key_column"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A layer's tables are not Django's to drop; undoing takes it off the map."""
        return False


@admin.register(LayerVersion)
class LayerVersionAdmin(ReadOnlyAdmin):
    list_display = ["layer", "number", "mode", "rows", "file_name", "created", "created_by"]


@admin.register(ImportJob)
class ImportJobAdmin(ReadOnlyAdmin):
    list_display = ["file_name", "state", "created", "created_by", "error_code"]
    list_filter = ["state"]
