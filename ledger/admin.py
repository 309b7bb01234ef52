"""Administration of the audit trail: it is read, never typed."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from ledger.models import AuditEntry


class ReadOnly:
    """For an administration, or its inlines, that shows rows and changes none, whoever asks."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]  # Django's class takes none while it runs
    """An administration of rows that only services write."""


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "actor", "verb", "object_type", "object_id")
    list_filter = ("verb", "object_type")
    search_fields = ("object_id", "actor__username", "actor__display_name")
    list_select_related = ("actor",)
    date_hierarchy = "at"
