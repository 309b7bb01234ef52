"""Administration of the audit trail: it is read, never typed."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db import models
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
    """For an administration that writes its own entries, with the values of the `said` texts too (`record_form`).

    Every other administration of the site is made to write its entries by `geo_portal.administration`.
    """

    said: tuple[str, ...] = ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)  # type: ignore[misc]
        record_form(request.user, obj, form, change=change, said=self.said)


def record_form(actor: Any, obj: Any, form: Any, *, change: bool, said: Sequence[str] = ()) -> None:
    """Write a form of the administration into the trail: what has no words of people in it from what to what.

    Texts that somebody typed are named only: an erasure could not take them out of the trail. `said` are those among
    them that are no words about people (a code, a river's name).
    """
    changed = sorted(form.changed_data)
    if change and not changed:
        return
    values = {}
    for name in changed:
        if name in said or _is_plain(obj, name):
            values[name] = [_as_text(obj, name, form.initial.get(name)), _as_text(obj, name, form.cleaned_data[name])]
    audit.record(actor, "admin-change" if change else "admin-add", obj, fields=changed, values=values)


def _is_plain(obj: Any, name: str) -> bool:
    """A choice, a number, a day, a yes or no, or what a foreign key names."""
    field = next((field for field in obj._meta.concrete_fields if field.name == name), None)
    if field is None or field.is_relation:
        return field is not None
    plain = (models.IntegerField, models.DecimalField, models.FloatField, models.DateField, models.BooleanField)
    return bool(field.choices) or isinstance(field, plain)


def _as_text(obj: Any, name: str, value: Any) -> str:
    """A value of a form as the trail keeps it; of a foreign key what it named, unless that is a person."""
    if value is None:
        return ""
    field = next((field for field in obj._meta.concrete_fields if field.name == name), None)
    if field is None or not field.is_relation:
        return str(value)
    if field.related_model is get_user_model():
        return f"#{getattr(value, 'pk', value)}"
    row = value if hasattr(value, "pk") else field.related_model._base_manager.filter(pk=value).first()
    return str(row if row is not None else value)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """Newest first by key, which grows with time; years and months to choose from would be read from every entry."""

    list_display = ("at", "actor", "verb", "object_type", "object_id")
    list_filter = ("at", "verb", "object_type")
    search_fields = ("object_id", "actor__username", "actor__display_name")
    list_select_related = ("actor",)
    ordering = ("-pk",)
    show_full_result_count = False


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
