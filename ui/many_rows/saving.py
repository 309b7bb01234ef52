"""Save many rows: all in one transaction, each with its own answer. A row that somebody overtook is never written."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import batched
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from geokit.refusal import FieldError, Refusal, StaleEdit
from ui.deadlines import check
from ui.many_rows.sheet import Sheet
from ui.many_rows.table import MAX_CELL, Edit, Result

MOST_STEPS = 500
"""Taken one by one in one request; what is changed without a step has no such limit."""
TRIED_TOGETHER = 25
"""Rows that a preview locks at once."""


def save_rows(sheet: Sheet, edits: Sequence[Edit], actor: Any, *, dry_run: bool = False) -> list[Result]:
    """Apply every edit that can be; a refused row costs no other. With `dry_run` nothing stays.

    Rows are locked in the order of their keys, so that two people who save at once wait instead of blocking each other.
    What is only tried holds a few rows at a time, and gives them back before the next are looked at.
    """
    things = sheet.things(actor).in_bulk([edit.pk for edit in edits])
    ordered = sorted(edits, key=lambda edit: edit.pk)
    results = _before_all(sheet, things, ordered)
    left = [edit for edit in ordered if edit.pk not in results]
    for group in batched(left, TRIED_TOGETHER if dry_run else max(len(left), 1), strict=False):
        check()
        with transaction.atomic():
            results |= _write(sheet, things, group, actor)
            if dry_run:
                transaction.set_rollback(True)
    _say_who(sheet, things, results)
    return [results[edit.pk] for edit in edits]


def _before_all(sheet: Sheet, things: Mapping[int, Any], edits: Sequence[Edit]) -> dict[int, Result]:
    """What is refused, or nothing, before anything is written."""
    results: dict[int, Result] = {}
    steps = 0
    for edit in edits:
        if answer := _before(things.get(edit.pk), edit):
            results[edit.pk] = answer
        elif sheet.alone(edit) and (steps := steps + 1) > MOST_STEPS:
            results[edit.pk] = _one_too_many(edit)
    return results


def _write(sheet: Sheet, things: Mapping[int, Any], edits: Sequence[Edit], actor: Any) -> dict[int, Result]:
    """Take the steps one by one and change the others together."""
    results: dict[int, Result] = {}
    asked: dict[int, Any] = {}
    for edit in edits:
        if sheet.alone(edit):
            results[edit.pk] = _step(sheet, things[edit.pk], edit, actor)
        else:
            _read(sheet, edit, asked, results)
    refused = sheet.change(actor, asked) if asked else {}
    return results | {edit.pk: _after(edit, refused.get(edit.pk)) for edit in edits if edit.pk in asked}


def _one_too_many(edit: Edit) -> Result:
    message = _("一次最多办理 %d 步，其余的请再保存一次。") % MOST_STEPS
    return Result(edit, "refused", (FieldError("", "too-many-steps", message),))


def _before(thing: Any, edit: Edit) -> Result | None:
    """What can be said of an edit before anything is written; None where it is to be tried."""
    if thing is None:
        message = _("没有这一行，或它不再由您更新。")
        return Result(edit, "refused", (FieldError("", "unknown-row", message),))
    if edit.unresolved:
        message = _("请先选择用谁的内容。")
        return Result(edit, "conflict", tuple(FieldError(key, "unresolved", message) for key in edit.unresolved))
    if not edit.changed:
        return Result(edit, "unchanged")
    if long := [key for key, text in edit.changed.items() if len(text) > MAX_CELL]:
        message = _("一格最多 %d 个字。") % MAX_CELL
        return Result(edit, "refused", tuple(FieldError(key, "too-long", message) for key in long))
    return Result(edit, "conflict") if thing.version != edit.version else None


def _read(sheet: Sheet, edit: Edit, asked: dict[int, Any], results: dict[int, Result]) -> None:
    try:
        asked[edit.pk] = sheet.asked(edit)
    except Refusal as refusal:
        results[edit.pk] = _after(edit, refusal)


def _step(sheet: Sheet, thing: Any, edit: Edit, actor: Any) -> Result:
    try:
        with transaction.atomic():
            sheet.apply(thing, edit, actor)
    except Refusal as refusal:
        return _after(edit, refusal)
    return Result(edit, "saved")


def _after(edit: Edit, refusal: Refusal | None) -> Result:
    if refusal is None:
        return Result(edit, "saved")
    if isinstance(refusal, StaleEdit):
        return Result(edit, "conflict")
    errors = refusal.errors or (FieldError("", refusal.code, refusal.message),)
    return Result(edit, "refused", tuple(errors))


def _say_who(sheet: Sheet, things: Mapping[int, Any], results: dict[int, Result]) -> None:
    """Put into each conflict who changed the row meanwhile."""
    overtaken = [pk for pk, result in results.items() if result.outcome == "conflict" and not result.errors]
    words = sheet.last_changes([things[pk] for pk in overtaken])
    for pk in overtaken:
        results[pk] = replace(results[pk], changed_by=words.get(pk, ""))
