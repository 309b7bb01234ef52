"""Lawful erasure of personal text: it goes, the chain stays sound, and the chain says that it went and why.

Links hold personal text as salted hashes (`chained(sealed=...)`). An erasure puts a fixed sentence in the text's place,
removes the salt, so that nobody can find the text by trying, and writes down who erased what on which ground. Links
from before there were salts lose their content; the erasure is what their gap is checked against.
"""

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from django.db.models import Model
from django.dispatch import Signal
from django.utils.translation import gettext as _

from geokit.refusal import BadInput
from ledger.actors import Actor, account_of
from ledger.chain import settle
from ledger.chain.declared import Chained, declared
from ledger.chain.sql import ERASED
from ledger.filestore.removal import release
from ledger.models import Erasure

CONTACTS = frozenset({"contact", "phone", "email", "responsible_phone"})
"""Columns that are left empty: the sentence fits no telephone number."""
erasing = Signal()
"""Sent within an erasure for each row of it, before its text goes: `thing` (the row), with its model as sender.
A receiver returns rows of chained tables that hold the same words or files, and takes away itself what else there is
of them. Each row is asked of once, so two rooms may name each other's rows."""


@transaction.atomic
def erase(actor: Actor, things: Iterable[Model], reason: str) -> list[Erasure]:
    """Erase the personal text and the files of rows of chained tables, and of those that hold the same (`erasing`).

    Returns a record for each row that held something. Whether `actor` may is the caller's to decide. Raises BadInput
    for no reason, or where nothing is left to erase.
    """
    _require(reason)
    settle()  # what this transaction wrote itself is linked before its salt goes
    records = [found for thing in _with_the_same(things) if (found := _erase(actor, thing, reason.strip()))]
    if not records:
        raise nothing_to_erase()
    return records


def note_erasure(actor: Actor, thing: Model, columns: list[str], reason: str) -> Erasure:
    """Write down that the caller empties columns of a row whose table is not in the chain. Raises BadInput."""
    _require(reason)
    table, account = thing._meta.db_table, account_of(actor)
    return Erasure.objects.create(
        actor=account, table_name=table, row_id=thing.pk, columns=columns, reason=reason.strip()
    )


def nothing_to_erase() -> BadInput:
    """The refusal where every word is gone already."""
    return BadInput(_("没有可以删除的个人信息。"), code="nothing-to-erase")


def _require(reason: str) -> None:
    if not reason.strip():
        raise BadInput(_("请写明删除个人信息的依据。"), code="reason-required")


def _with_the_same(things: Iterable[Model]) -> list[Model]:
    """The rows, and those that receivers of `erasing` name for them; all are found before the first text goes."""
    found: dict[tuple[str, int], Model] = {}
    waiting = list(things)
    while waiting:
        thing = waiting.pop(0)
        if (thing._meta.db_table, thing.pk) not in found:
            found[thing._meta.db_table, thing.pk] = thing
            answers: list[tuple[Any, Any]] = erasing.send(type(thing), thing=thing)
            waiting += [row for _receiver, rows in answers for row in rows]
    return list(found.values())


def _erase(actor: Actor, thing: Model, reason: str) -> Erasure | None:
    spec = declared()[thing._meta.db_table]
    if not (columns := _columns(spec, thing)):
        return None
    record = note_erasure(actor, thing, columns, reason)
    _blot_out(spec.table, thing.pk)
    for stored in spec.files:
        if stored.column in columns:
            release(str(getattr(thing, stored.column)))
    thing.refresh_from_db()
    return record


def _columns(spec: Chained, thing: Model) -> list[str]:
    """What there is to erase of a row: text that is not empty or erased already, and files."""
    erased = {
        name
        for record in Erasure.objects.filter(table_name=spec.table, row_id=thing.pk)
        for name in record.columns
        if name not in spec.sealed
    }
    text = [name for name in spec.sealed if getattr(thing, name) not in ("", ERASED)]
    return [*text, *(each.column for each in spec.files if getattr(thing, each.column) and each.column not in erased)]


def _blot_out(table: str, row: int) -> None:
    """Have the database do it: nobody but its owner may change these rows, and it asks for the record just written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_blot_out(%s, %s, %s)", [table, row, sorted(CONTACTS)])
