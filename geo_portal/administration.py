"""The administration site: entered by the site's own sign-in, and without what has a page or could run code.

The queue's administration lets whoever enters it name a function to run; accounts, groups and tokens have pages that
audit what is done.
"""

import re
from collections.abc import Callable
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.widgets import AutocompleteMixin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import BinaryField, JSONField, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ledger import audit
from ledger.admin import Audited, record_form
from ledger.roles.grants import allowed
from ui.json_bodies import StrictDecoder

OWN = frozenset(
    {"accounts", "layers", "ledger", "papers", "projects", "river_monitoring", "stations", "supervision"}
    | {"supervision_patrols", "supervision_report"}
)
"""App labels whose models may be administered; other people's packages register their own."""


COMPARISONS = {"exact", "in", "isnull", "gt", "gte", "lt", "lte", "year", "month", "day", "date"}
"""How the filters of lists and what they lead to compare."""


def guard() -> None:
    """Send sign-in to the site's own page and take away every model that is not ours. Called once all are loaded."""
    AutocompleteMixin.optgroups = _tolerant(AutocompleteMixin.optgroups)  # type: ignore[method-assign]
    admin.ModelAdmin.lookup_allowed = _plain(admin.ModelAdmin.lookup_allowed)  # type: ignore[method-assign]
    admin.ModelAdmin.get_object = _by_its_key(admin.ModelAdmin.get_object)  # type: ignore[method-assign]
    admin.ModelAdmin.response_action = _of_keys(admin.ModelAdmin.response_action)  # type: ignore[method-assign]
    admin.site.site_header = admin.site.site_title = gettext_lazy("系统管理")
    admin.site.index_title = gettext_lazy("系统管理")
    admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
    for model, page in list(admin.site._registry.items()):
        if model._meta.app_label not in OWN:
            admin.site.unregister(model)
            continue
        _audited(page)
        page.formfield_overrides = {**page.formfield_overrides, JSONField: {"decoder": StrictDecoder}}  # type: ignore[misc]
        if "DELETE" not in allowed(model._meta.db_table):
            page.has_delete_permission = _never  # type: ignore[method-assign]


def _audited(page: Any) -> None:
    """Let a page of the administration write what it does into the audit trail, rows below its own too."""
    save_model, save_formset = page.save_model, page.save_formset
    delete_model, delete_queryset = page.delete_model, page.delete_queryset

    def save(request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        with transaction.atomic():
            save_model(request, obj, form, change)
            if not isinstance(page, Audited):
                record_form(request.user, obj, form, change=change)

    def save_below(request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        with transaction.atomic():
            gone = [one.instance for one in formset.deleted_forms if one.instance.pk]
            audit.record_many(request.user, "admin-delete", [(row, {}) for row in gone])
            save_formset(request, form, formset, change)
            for one in formset.forms:
                if one.instance.pk and one.has_changed() and one not in formset.deleted_forms:
                    record_form(request.user, one.instance, one, change=one in formset.initial_forms)

    def delete(request: HttpRequest, obj: Any) -> None:
        with transaction.atomic():
            audit.record(request.user, "admin-delete", obj)
            delete_model(request, obj)

    def delete_many(request: HttpRequest, rows: QuerySet[Any]) -> None:
        with transaction.atomic():
            audit.record_many(request.user, "admin-delete", [(row, {}) for row in rows])
            delete_queryset(request, rows)

    page.save_model, page.save_formset = save, save_below
    page.delete_model, page.delete_queryset = delete, delete_many


def _plain(allowed: Callable[..., bool]) -> Callable[..., bool]:
    """Let an address of a list compare as its filters do. Django takes every comparison, and some fail on one text."""

    def plain(page: Any, lookup: str, value: Any, request: HttpRequest) -> bool:
        fields = (field for field in page.model._meta.get_fields() if hasattr(field, "get_lookups"))
        known = {name for field in fields for name in field.get_lookups()}
        first, last = lookup.partition("__")[0], lookup.rpartition("__")[2]
        if any(field.name == first and isinstance(field, BinaryField) for field in page.model._meta.fields):
            return False
        if {"year", "month", "day"} & set(lookup.split("__")[1:]) and not _is_small(value):
            return False
        if any(_is_far_off(text) for text in (value if isinstance(value, list) else [value])):
            return False
        return (last in COMPARISONS or last not in known) and allowed(page, lookup, value, request)

    return plain


def _is_small(value: Any) -> bool:
    """Tell whether a part of a date is a number that the database knows years by, from 1 to 9999."""
    return re.fullmatch(r"(?!0+$)[0-9]{1,4}", str(value)) is not None


def _is_far_off(text: Any) -> bool:
    """Tell whether a moment is said in a zone that lies farther off than the database knows any: 16 hours."""
    return _FAR_OFF.match(str(text)) is not None


_FAR_OFF = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9:.]+[+-](1[6-9]|2[0-9])(:?[0-9]{2}){0,2}$")


def _by_its_key(get_object: Callable[..., Any]) -> Callable[..., Any]:
    """Find a row by its key where an address names no field to find it by (`?_to_field=`); Django looks for a field
    without a name."""

    def found(page: Any, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        return get_object(page, request, object_id, from_field or None)

    return found


def _of_keys(act: Callable[..., Any]) -> Callable[..., Any]:
    """Begin an action of a list only with what can be keys; Django fails with anything else."""

    def on_keys(page: Any, request: HttpRequest, queryset: QuerySet[Any], **more: Any) -> HttpResponse | None:
        try:
            for key in request.POST.getlist(ACTION_CHECKBOX_NAME):
                queryset.filter(pk=key)
        except (ValueError, ValidationError):
            page.message_user(request, _("所选的条目无效。"), messages.ERROR)
            return None
        answer: HttpResponse | None = act(page, request, queryset, **more)
        return answer

    return on_keys


def _never(*_args: Any, **_given: Any) -> bool:
    """Rows of the evidence stay: the database refuses it too."""
    return False


def _tolerant(optgroups: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
    """Show a refused form again without a choice that is no key; Django looks it up and fails."""

    def shown(widget: Any, name: str, value: list[str], attr: dict[str, Any] | None = None) -> list[Any]:
        try:
            return optgroups(widget, name, value, attr)
        except ValueError:
            return optgroups(widget, name, [], attr)

    return shown
