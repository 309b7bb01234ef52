"""Administration of the audit trail: it is read, never typed."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from ledger import audit
from ledger.models import Anchor, AuditEntry, Delivery, Erasure, ForeignAnchor, Peer


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


class Audited:
    """For an administration whose rows are written here: each addition and change stands in the audit trail.

    Of `said` fields with the value before and after, of all others by name.
    """

    said: tuple[str, ...] = ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)  # type: ignore[misc]
        values = {name: [str(form.initial.get(name, "")), str(form.cleaned_data[name])] for name in self.said
                  if name in form.changed_data}  # fmt: skip
        verb = "admin-change" if change else "admin-add"
        audit.record(request.user, verb, obj, fields=sorted(form.changed_data), values=values)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "actor", "verb", "object_type", "object_id")
    list_filter = ("verb", "object_type")
    search_fields = ("object_id", "actor__username", "actor__display_name")
    list_select_related = ("actor",)
    date_hierarchy = "at"


@admin.register(Anchor)
class AnchorAdmin(ReadOnlyAdmin):
    list_display = ("at", "links", "head")
    date_hierarchy = "at"


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """Where each anchor went, and what has not arrived: the filter of the state shows it at once."""

    list_display = ("anchor", "channel", "target", "state", "attempts", "said", "changed_at")
    list_filter = ("state", "channel")
    list_select_related = ("anchor",)
    exclude = ("proof",)


@admin.register(Peer)
class PeerAdmin(ReadOnlyAdmin):
    """Registered by `manage.py anchor_chain --keep-for`, which shows the token once."""

    list_display = ("name", "public_key", "is_active", "created_at")


@admin.register(ForeignAnchor)
class ForeignAnchorAdmin(ReadOnlyAdmin):
    list_display = ("peer", "received_at", "contradicts")
    list_filter = ("contradicts", "peer")
    list_select_related = ("peer",)


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    list_display = ("at", "actor", "table_name", "row_id", "columns", "reason")
    list_filter = ("table_name",)
    list_select_related = ("actor",)
