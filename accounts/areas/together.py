"""Areas of a sheet written together: what `register` says of one, for many."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Model

from accounts.areas.register import check_area, require_keeper, set_area
from accounts.directory.levels import NARROW, areas_entered, not_held_yet
from accounts.directory.models import Area
from accounts.district.queries import forget
from accounts.permissions import Asker
from geokit.refusal import Refusal
from ledger import audit
from ui.text.search_field import SearchKeyField

type Written[M] = list[tuple[M, list[str]]]
"""Rows that are new or changed, with the fields that are."""


@dataclass(frozen=True, slots=True)
class Given:
    """A row by its code; `facts` are fields, those that are not given stay."""

    code: str
    facts: Mapping[str, Any]


def save_areas(actor: Asker, given: Sequence[Given]) -> list[Area | Refusal | None]:
    """Enter or change many towns, or many villages, in a number of queries that does not grow with them.

    None for what is wider, which may begin a district, and for a change of level: both are written by themselves.
    """
    require_keeper(actor)
    locked = Area.objects.select_for_update(of=("self",)).select_related("parent")
    known = {area.code: area for area in locked.filter(code__in={one.code for one in given})}
    answers: list[Area | Refusal | None] = []
    written: Written[Area] = []
    for one in given:
        there = known.get(one.code)
        if one.facts.get("level", there.level if there else "") not in NARROW or _changes_level(there, one):
            answers.append(None)
            continue
        area = there or Area(code=one.code)
        try:
            changed = set_area(area, one.facts, is_new=there is None)
            check_area(area, ())
        except Refusal as refusal:
            answers.append(refusal)
            continue
        answers.append(area)
        if changed or there is None:
            written.append((area, changed))
    _store_areas(actor, written)
    return answers


def _changes_level(area: Area | None, one: Given) -> bool:
    return area is not None and one.facts.get("level", area.level) != area.level


def _store_areas(actor: Asker, written: Written[Area]) -> None:
    begun = not_held_yet(area for area, _fields in written)
    new, old = store_written(Area, written)
    areas_entered(begun)
    record_written(actor, "area", new, old)
    transaction.on_commit(forget)


def store_written[M: Model](model: type[M], written: Written[M]) -> tuple[Written[M], Written[M]]:
    """Store rows with a statement for the new and one for the changed; return which were which."""
    new = [(row, fields) for row, fields in written if row.pk is None]
    old = [(row, fields) for row, fields in written if row.pk is not None]
    update_written(model, old)  # first: what ends makes room for what begins
    model._default_manager.bulk_create([row for row, _fields in new])
    return new, old


def update_written[M: Model](model: type[M], old: Written[M]) -> None:
    """Store the fields that changed of rows that are there, and those that are made of them, with one statement."""
    fields = {name for _row, names in old for name in names}
    if not fields:
        return
    made = [field for field in model._meta.concrete_fields if _is_made_of(field, fields)]
    for row, _names in old:
        for field in made:  # `bulk_update` takes what stands on the row
            field.pre_save(row, add=False)
    model._default_manager.bulk_update([row for row, _names in old], sorted({*fields, *(one.name for one in made)}))


def _is_made_of(field: Any, fields: AbstractSet[str]) -> bool:
    is_key = isinstance(field, SearchKeyField) and not fields.isdisjoint(field.sources)
    return is_key or getattr(field, "auto_now", False)


def record_written(actor: Asker, what: str, new: Written[Any], old: Written[Any]) -> None:
    """Write down for each row what of it was entered or changed."""
    for verb, rows in ((f"{what}-entered", new), (f"{what}-changed", old)):
        audit.record_many(actor, verb, ((one, {"code": one.code, "fields": fields}) for one, fields in rows))
