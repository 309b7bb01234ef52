"""Save many rows: all in one transaction, each with its own answer. A row that somebody overtook is never written."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from geokit.refusal import FieldError, Refusal, StaleEdit
from river_monitoring.bulk_update.sheets import Sheet
from river_monitoring.bulk_update.table import Edit, Result
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.rectification.models import RectificationEvent
from river_monitoring.works.models import WorkEvent


def save_rows(sheet: Sheet, edits: Sequence[Edit], actor: Asker, *, dry_run: bool = False) -> list[Result]:
    """Apply every edit that can be; a refused row costs no other. With `dry_run` nothing stays.

    Rows are locked in the order of their keys, so that two people who save at once wait instead of blocking each other.
    """
    things = sheet.things(actor).in_bulk([edit.pk for edit in edits])
    results: dict[int, Result] = {}
    with transaction.atomic():
        for edit in sorted(edits, key=lambda edit: edit.pk):
            results[edit.pk] = _save(sheet, things.get(edit.pk), edit, actor)
        if dry_run:
            transaction.set_rollback(True)
    return [results[edit.pk] for edit in edits]


def _save(sheet: Sheet, thing: Any, edit: Edit, actor: Asker) -> Result:
    if thing is None:
        message = _("没有这一行，或它不再由您更新。")
        return Result(edit, "refused", (FieldError("", "unknown-row", message),))
    if edit.unresolved:
        message = _("请先选择用谁的内容。")
        return Result(edit, "conflict", tuple(FieldError(key, "unresolved", message) for key in edit.unresolved))
    if not edit.changed:
        return Result(edit, "unchanged")
    if thing.version != edit.version:
        return Result(edit, "conflict", changed_by=last_change(thing))
    try:
        with transaction.atomic():
            sheet.apply(thing, edit, actor)
    except StaleEdit:
        return Result(edit, "conflict", changed_by=last_change(thing))
    except Refusal as refusal:
        errors = refusal.errors or (FieldError("", refusal.code, refusal.message),)
        return Result(edit, "refused", tuple(errors))
    return Result(edit, "saved")


def last_change(thing: Any) -> str:
    """Who changed the thing last and when: the department, not the person."""
    if isinstance(thing, MonitoringPoint):
        found: list[Any] = [
            RectificationEvent.objects.filter(point=thing).select_related("department").order_by("at").last(),
            WorkEvent.objects.filter(point=thing, measure=None).select_related("department").order_by("at").last(),
        ]
    else:
        found = [WorkEvent.objects.filter(measure=thing).select_related("department").order_by("at").last()]
    newest = max((event for event in found if event), key=lambda event: event.at, default=None)
    if newest is None:
        return ""
    who = newest.department.name if newest.department else _("人大工作人员")
    at = date_format(timezone.localtime(newest.at), "DATETIME_FORMAT")
    return _("%(who)s在%(at)s更新过这一行。") % {"who": who, "at": at}
