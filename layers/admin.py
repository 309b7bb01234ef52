"""Administration of layers: versions and imports are read, never typed."""

from django.contrib import admin

from layers.importing.models import ImportJob
from layers.storage.models import Layer, LayerVersion
from ledger.admin import ReadOnlyAdmin


@admin.register(Layer)
class LayerAdmin(ReadOnlyAdmin):
    list_display = ["title", "slug", "visibility", "geometry_type", "updated"]
    list_filter = ["visibility", "geometry_type"]
    search_fields = ["title", "slug"]


@admin.register(LayerVersion)
class LayerVersionAdmin(ReadOnlyAdmin):
    list_display = ["layer", "number", "mode", "rows", "file_name", "created", "created_by"]


@admin.register(ImportJob)
class ImportJobAdmin(ReadOnlyAdmin):
    list_display = ["file_name", "state", "created", "created_by", "error_code"]
    list_filter = ["state"]
