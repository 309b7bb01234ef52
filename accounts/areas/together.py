"""Areas of a sheet written together: what `register` says of one, for many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts.areas.register import check_area, require_keeper, set_area
from accounts.directory.levels import NARROW, areas_entered, not_held_yet
from accounts.directory.models import Area
from accounts.district.queries import forget
from accounts.permissions import Asker
from geokit.refusal import Refusal
from ledger import audit
from ledger.written import Written, store_written


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


def record_written(actor: Asker, what: str, new: Written[Any], old: Written[Any]) -> None:
    """Write down for each row what of it was entered or changed."""
    for verb, rows in ((f"{what}-entered", new), (f"{what}-changed", old)):
        audit.record_many(actor, verb, ((one, {"code": one.code, "fields": fields}) for one, fields in rows))
