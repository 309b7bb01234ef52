"""Many rows of a file at once, in a number of queries that does not grow with them.

A dataset that can (`write_many`) is handed the rows of a batch together; what it leaves aside, and a row that the
database itself refuses, is taken by itself, which finds the words for it.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import DatabaseError, DataError, IntegrityError, transaction
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.directory.models import Area, Department
from accounts.loads.beside import is_beside
from accounts.loads.cells import chosen_of, one_of
from accounts.loads.definition import Dataset, GivenRow, row_of
from accounts.loads.models import LoadedRow
from accounts.permissions import Asker
from geokit.refusal import Refusal, only_answer
from ui.sheets import SheetRow

BATCH = 1_000
"""Rows that are written together: as many statements however many rows, and no more memory than this."""


class Named:
    """The rows of a table that the cells of a batch name, read at once: what `one_of` reads for each cell."""

    def __init__(self, words: Iterable[str], rows: QuerySet[Any], what: Any, *names: str) -> None:
        self._rows, self._what, self._names = rows, what, names
        self._by_code: dict[str, Any] = {}
        self._others: dict[str, list[Any]] = {}
        wanted = {word for word in words if word and "\0" not in word}
        if wanted and not is_beside():
            self._read(wanted)

    def _read(self, wanted: set[str]) -> None:
        matching = Q()
        for name in self._names:
            matching |= Q(**{f"{name}__in": wanted})
        for thing in self._rows.filter(matching):
            self._by_code.setdefault(str(getattr(thing, self._names[0])), thing)
            for word in {str(getattr(thing, name)) for name in self._names[1:]}:
                self._others.setdefault(word, []).append(thing)

    def of(self, row: SheetRow, column: str) -> Any:
        """Return what a cell names, None for an empty one. Raises BadInput as `one_of` does."""
        word = row[column]
        if not word:
            return None
        if is_beside():  # a name means the own district's: asked with it
            return one_of(row, column, self._rows, self._what, *self._names)
        return chosen_of(column, word, self._by_code.get(word), self._others.get(word, [])[:2], self._what)


def towns_of(rows: Sequence[SheetRow], column: str = "area") -> Named:
    """Return the towns that cells name by code or name, as `town_of` does without an asker."""
    towns = Area.objects.filter(level=Area.Level.TOWN)
    return Named((row[column] for row in rows), towns, _("镇街"), "code", "name")


def departments_of(rows: Sequence[SheetRow], column: str = "department") -> Named:
    """Return the departments that cells name by code, name or short name, as `department_of` does."""
    words = (row[column] for row in rows)
    return Named(words, Department.objects.all(), _("部门"), "code", "name", "short_name")


def by_code(rows: Callable[[], QuerySet[Any]]) -> Callable[[Sequence[SheetRow]], list[Any]]:
    """Return what finds the things of many rows by their code, None where there is none."""

    def find_many(given: Sequence[SheetRow]) -> list[Any]:
        known = {thing.code: thing for thing in rows().filter(code__in={row["code"] for row in given})}
        return [known.get(row["code"]) for row in given]

    return find_many


def by_itself(
    find: Callable[[SheetRow], Any], write_many: Callable[[Asker, Sequence[GivenRow]], Sequence[Any]]
) -> Callable[[Asker, GivenRow], Any]:
    """Return what writes one row as `write_many` writes many, and reads it anew. Raises Refusal."""

    def write(actor: Asker, row: GivenRow) -> Any:
        only_answer(write_many(actor, [row]))
        return find(row)

    return write


def read_and_written[R, G](
    rows: Sequence[R], read: Callable[[R], G], write: Callable[[list[G]], Sequence[Any]]
) -> list[Any]:
    """Read each row, and write together those that could be read; for each what became of it, in their order."""
    answers: list[Any] = []
    for row in rows:
        try:
            answers.append((read(row),))
        except Refusal as refusal:
            answers.append(refusal)
    written = iter(write([answer[0] for answer in answers if isinstance(answer, tuple)]))
    return [next(written) if isinstance(answer, tuple) else answer for answer in answers]


def written_together(
    actor: Any, dataset: Dataset, rows: Sequence[GivenRow]
) -> list[tuple[dict[str, str] | None, Any] | None]:
    """Write rows of a dataset that has `write_many`; for each its cells before, and the thing now or a Refusal.

    None where a row has to be taken by itself. Where the database refuses something, or a refusal stops the writing
    of all, the halves are tried.
    """
    assert dataset.write_many is not None and dataset.find_many is not None  # noqa: S101 - the caller asked
    if not rows:
        return []
    found = dataset.find_many(rows)
    before = [dataset.cells(thing) if thing is not None else None for thing in found]
    try:
        with transaction.atomic():
            written = _as_stored(dataset, dataset.write_many(actor, rows))
    except (Refusal, IntegrityError, DataError) as error:
        if len(rows) == 1:
            return [(before[0], error) if isinstance(error, Refusal) else None]
        half = len(rows) // 2
        return written_together(actor, dataset, rows[:half]) + written_together(actor, dataset, rows[half:])
    return [None if thing is None else (cells, thing) for cells, thing in zip(before, written, strict=True)]


def _as_stored(dataset: Dataset, written: Sequence[Any]) -> list[Any]:
    """The things as the database has them now, with what their cells are made of."""
    keys = {thing.pk for thing in written if isinstance(thing, Model)}
    stored = {thing.pk: thing for thing in dataset.rows().filter(pk__in=keys)} if keys else {}
    return [stored[thing.pk] if isinstance(thing, Model) else thing for thing in written]


def taken_back_together(actor: Any, dataset: Dataset, rows: Sequence[LoadedRow]) -> set[int]:
    """Take back those of a load's rows whose things are as it left them; return their keys.

    None are taken back where one of them is refused: each is then tried by itself, which finds the words for it.
    """
    if dataset.write_many is None or dataset.remove_many is None or is_beside():
        return set()
    things = {str(thing.pk): thing for thing in dataset.rows().filter(pk__in=[row.object_id for row in rows])}
    same = [row for row in rows if row.object_id in things and dataset.cells(things[row.object_id]) == row.after]
    try:
        with transaction.atomic():
            dataset.remove_many(actor, [things[row.object_id] for row in same if row.before is None])
            if not _restored(actor, dataset, [row for row in same if row.before is not None]):
                transaction.set_rollback(True)
                return set()
    except (Refusal, DatabaseError):
        return set()
    return {row.pk for row in same}


def _restored(actor: Any, dataset: Dataset, rows: Sequence[LoadedRow]) -> bool:
    """Write the cells that things had before a load; whether each has them again."""
    assert dataset.write_many is not None  # noqa: S101 - the caller asked
    written = dataset.write_many(actor, [row_of(row.number, row.before or {}) for row in rows])
    if not all(isinstance(thing, Model) for thing in written):
        return False
    stored = _as_stored(dataset, written)
    return all(dataset.cells(thing) == row.before for thing, row in zip(stored, rows, strict=True))
