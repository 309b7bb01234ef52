"""Read rows into a dataset, or see what would happen; take a load back as far as nothing was built on it."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import batched
from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.db import DataError, IntegrityError, InternalError, transaction
from django.db.models import ProtectedError, RestrictedError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.loads.beside import is_beside, own_areas, require_own
from accounts.loads.definition import SHAPE, Dataset, GivenRow, row_of
from accounts.loads.models import Load, LoadedRow
from accounts.loads.registry import declared
from accounts.loads.together import BATCH, taken_back_together, written_together
from accounts.permissions import Asker, is_district_staff
from accounts.rules.queries import read_once as rules_read_once
from geokit.refusal import BadInput, FieldError, NotPermitted, Refusal
from ledger import audit
from ledger.actors import account_of
from ui.sheet_rows import Outcome

MOST_TIMES = 3
"""How often a refused row is tried again while others get in."""
LISTED_MISSING = 50
"""Names of things that a file leaves out, at the most."""


@dataclass(frozen=True, slots=True)
class Change:
    """A cell that a row changes; a place is said as its kind and number of corners."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became of a row, or would."""

    number: int
    name: str
    outcome: Outcome
    changes: tuple[Change, ...] = ()
    errors: tuple[FieldError, ...] = ()
    warnings: tuple[FieldError, ...] = ()


@dataclass(slots=True)
class Answer:
    """What became of a file. `missing` are things that are there and not in the file; they stay."""

    dataset: Dataset
    outcomes: list[RowOutcome] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    missing_total: int = 0
    load: Load | None = None

    @property
    def counts(self) -> dict[str, int]:
        counted = Counter(outcome.outcome for outcome in self.outcomes)
        return {outcome.value: counted[outcome] for outcome in Outcome}


@dataclass(frozen=True, slots=True)
class ReadFile:
    """The rows of a file, with those that could not be read as rows; `content` is what its digest is of."""

    name: str
    content: bytes
    rows: Sequence[GivenRow]
    refused: Sequence[RowOutcome] = ()


def require_keeper(actor: Asker) -> None:
    """Raise NotPermitted for whoever may not set the district up."""
    if not is_district_staff(actor):
        raise NotPermitted(_("本区数据由区人大工作人员或管理员导入。"))


def load_rows(actor: Asker, dataset: Dataset, file: ReadFile, *, dry_run: bool = False) -> Answer:
    """Read all rows in one transaction; a refused row does not affect others. With `dry_run` nothing is kept."""
    require_keeper(actor)
    answer = Answer(dataset)
    kept: list[LoadedRow] = []
    with transaction.atomic(), rules_read_once():
        seen: dict[str, int] = {}
        results = _take_all(actor, dataset, file.rows, seen, kept)
        answer.outcomes = sorted([*results, *file.refused], key=lambda outcome: outcome.number)
        if dataset.lists_missing:
            answer.missing, answer.missing_total = _missing(dataset, set(seen))
        if kept and dataset.finish:
            dataset.finish()
        if dry_run:
            transaction.set_rollback(True)
        elif kept:
            answer.load = _record(actor, dataset, file, answer.counts, kept)
    return answer


def _take_all(
    actor: Asker, dataset: Dataset, rows: Sequence[GivenRow], seen: dict[str, int], kept: list[LoadedRow]
) -> list[RowOutcome]:
    """Take every row; a refused one again once others are there, for it may name one that stands below it."""
    results = _take_each(actor, dataset, rows, seen, kept)
    for _time in range(MOST_TIMES):
        refused = [index for index, result in enumerate(results) if result.outcome is Outcome.REFUSED]
        # From the end: a sheet that lists the lower before the higher is through in one go.
        refused.reverse()
        again = zip(refused, _take_each(actor, dataset, [rows[index] for index in refused], seen, kept), strict=True)
        taken = [(index, result) for index, result in again if result.outcome is not Outcome.REFUSED]
        for index, result in taken:
            results[index] = result
        if not taken:
            break
    return results


def _take_each(
    actor: Asker, dataset: Dataset, rows: Sequence[GivenRow], seen: dict[str, int], kept: list[LoadedRow]
) -> list[RowOutcome]:
    """Take rows in their order: together where the dataset can, what it leaves aside one by one."""
    if dataset.write_many is None or is_beside():
        return [_take(actor, dataset, row, seen, kept) for row in rows]
    results: list[RowOutcome] = []
    for batch in batched(rows, BATCH, strict=False):
        together = _take_together(actor, dataset, batch, seen, kept)
        results += [
            result or _take(actor, dataset, row, seen, kept) for row, result in zip(batch, together, strict=True)
        ]
    return results


def _take_together(
    actor: Asker, dataset: Dataset, rows: Sequence[GivenRow], seen: dict[str, int], kept: list[LoadedRow]
) -> list[RowOutcome | None]:
    """What became of the rows that could be written together; None for the others."""
    results: list[RowOutcome | None] = [None] * len(rows)
    chosen: dict[str, int] = {}  # of two with one key the first: the second says so by itself
    for index, row in enumerate(rows):
        name = dataset.key_of(row.cells)
        try:
            _check_row(dataset, row, name, seen)
        except Refusal as refusal:
            results[index] = _refused(row, name, refusal)
        else:
            chosen.setdefault(name, index)
    written = written_together(actor, dataset, [rows[index] for index in chosen.values()])
    for (name, index), answer in zip(chosen.items(), written, strict=True):
        if answer is None:
            continue
        before, thing = answer
        if isinstance(thing, Refusal):
            results[index] = _refused(rows[index], name, thing)
        else:
            results[index] = _taken(dataset, rows[index], name, (before, thing), seen, kept)
    return results


def _take(actor: Asker, dataset: Dataset, row: GivenRow, seen: dict[str, int], kept: list[LoadedRow]) -> RowOutcome:
    name = dataset.key_of(row.cells)
    try:
        with transaction.atomic():
            return _write(actor, dataset, row, name, seen, kept)
    except Refusal as refusal:
        return _refused(row, name, refusal)
    except (IntegrityError, DataError):
        error = FieldError("", "not-storable", _("这一行与已有数据冲突，或内容过长。"))
        return RowOutcome(row.number, name, Outcome.REFUSED, errors=(error,))


def _refused(row: GivenRow, name: str, refusal: Refusal) -> RowOutcome:
    errors = tuple(refusal.errors) or (FieldError("", refusal.code, refusal.message),)
    return RowOutcome(row.number, name, Outcome.REFUSED, errors=errors)


def _write(
    actor: Asker, dataset: Dataset, row: GivenRow, name: str, seen: dict[str, int], kept: list[LoadedRow]
) -> RowOutcome:
    _check_row(dataset, row, name, seen)
    found = dataset.find(row)
    before = dataset.cells(found) if found is not None else None
    own, lay = own_areas(), _where(dataset, found)  # before: a row that moves a thing here does not make it its own
    try:
        written = dataset.write(actor, row)
    except (Refusal, IntegrityError, DataError):
        require_own(lay, own, dataset.key[0], name)  # what is another's is refused as that, whatever else is wrong
        raise
    if own is not None and (before is None or _changes(before, dataset.cells(written))):
        require_own(lay, own, dataset.key[0], name)
        require_own(dataset.areas(written), own_areas(), dataset.key[0], name)
    return _taken(dataset, row, name, (before, written), seen, kept)


def _taken(
    dataset: Dataset,
    row: GivenRow,
    name: str,
    what: tuple[dict[str, str] | None, Any],
    seen: dict[str, int],
    kept: list[LoadedRow],
) -> RowOutcome:
    """What became of a row whose thing was `before`, None for a new one, and was written."""
    before, written = what
    after = dataset.cells(written)
    seen[name] = seen[dataset.key_of(after)] = row.number
    changes = tuple(_changes(before or {}, after))
    if before is not None and not changes:
        return RowOutcome(row.number, name, Outcome.SAME)
    kept.append(LoadedRow(number=row.number, object_id=str(written.pk), name=name[:200], before=before, after=after))
    outcome = Outcome.STORED if before is None else Outcome.CHANGED
    return RowOutcome(row.number, name, outcome, changes if before is not None else ())


def _check_row(dataset: Dataset, row: GivenRow, name: str, seen: dict[str, int]) -> None:
    """Refuse what no dataset takes: control characters, no key, a key that an earlier row has."""
    _require_plain(row)
    _require_key(dataset, row)
    if name in seen:
        message = _("第 %d 行已经写过“%s”。") % (seen[name], name)
        raise BadInput(message, code="key-duplicate", errors=[FieldError(dataset.key[0], "key-duplicate", message)])


def _where(dataset: Dataset, found: Any) -> list[Any]:
    """Where a thing lies that a row is about to change; nowhere where there is none yet."""
    if found is None:
        return []
    return [None] if dataset.is_shared(found) else list(dataset.areas(found))


def _require_plain(row: GivenRow) -> None:
    """Refuse what the database cannot store, and no keyboard types."""
    for column, cell in row.cells.items():
        if "\0" in cell:
            message = _("有不能保存的控制字符，请删去后再传。")
            raise BadInput(message, code="control-character", errors=[FieldError(column, "control-character", message)])


def _require_key(dataset: Dataset, row: GivenRow) -> None:
    labels = dataset.labels()
    for column in dataset.key:
        if not row[column] and column in dataset.needed:
            message = _("没有写“%s”。") % labels[column]
            raise BadInput(message, code="required", errors=[FieldError(column, "required", message)])


def _changes(before: dict[str, str], after: dict[str, str]) -> list[Change]:
    names = [name for name in after if before.get(name, "") != after[name]]
    return [Change(name, _words(name, before.get(name, "")), _words(name, after[name])) for name in names]


def _words(name: str, value: str) -> str:
    if name != SHAPE or not value:
        return value
    shape = GEOSGeometry(value)
    if shape.geom_type == "Point":
        return f"{shape.centroid.x:.5f}, {shape.centroid.y:.5f}"
    return _("%(count)d 个顶点") % {"count": shape.num_coords}


def _missing(dataset: Dataset, seen: set[str]) -> tuple[list[str], int]:
    """Keys of things that are there and that no row named."""
    own = own_areas()
    rows = [
        each for each in dataset.rows() if own is None or any(area and area.pk in own for area in dataset.areas(each))
    ]
    there = [dataset.key_of(dataset.cells(thing)) for thing in rows]
    missing = [key for key in there if key not in seen]
    return missing[:LISTED_MISSING], len(missing)


def _record(actor: Asker, dataset: Dataset, file: ReadFile, counts: dict[str, int], kept: list[LoadedRow]) -> Load:
    digest = hashlib.sha256(file.content).hexdigest()
    load = Load.objects.create(
        dataset=dataset.slug, file_name=file.name[:255], sha256=digest, actor=account_of(actor), **counts
    )
    for row in kept:
        row.load = load
    LoadedRow.objects.bulk_create(kept, batch_size=500)
    if dataset.recorded:
        dataset.recorded(load)
    audit.record(actor, "dataset-loaded", load, dataset=dataset.slug, sha256=digest, **counts)
    return load


@transaction.atomic
def undo(actor: Asker, load_id: int) -> tuple[Load, int, int]:
    """Take the newest load of a dataset back, the row written last first; return it, rows undone and rows kept.

    A row is kept where its thing was changed since, or where something rests on it; `kept_because` says which.
    Raises NotPermitted, BadInput.
    """
    require_keeper(actor)
    load = Load.objects.select_for_update().filter(pk=load_id).first()
    if load is None or load.undone_at is not None:
        raise BadInput(_("没有这次导入，或者已经撤销。"), code="nothing-to-undo")
    if Load.objects.filter(dataset=load.dataset, pk__gt=load.pk, undone_at=None).exists():
        raise BadInput(_("这之后还有导入，请从最近的一次开始撤销。"), code="not-the-newest")
    dataset, kept = declared()[load.dataset], 0
    rows = list(load.rows.order_by("-pk"))
    with rules_read_once():
        gone = taken_back_together(actor, dataset, rows)
        for row in rows:
            row.kept_because = "" if row.pk in gone else _undo_row(actor, dataset, row)
    for row in rows:
        kept += bool(row.kept_because)
    LoadedRow.objects.bulk_update(rows, ["kept_because"], batch_size=500)
    if dataset.finish:
        dataset.finish()
    load.undone_at, load.undone_by = timezone.now(), account_of(actor)
    load.save(update_fields=["undone_at", "undone_by"])
    audit.record(actor, "dataset-load-undone", load, dataset=load.dataset, undone=len(rows) - kept, kept=kept)
    return load, len(rows) - kept, kept


def _undo_row(actor: Asker, dataset: Dataset, row: LoadedRow) -> str:
    """Undo one row; return why not, or nothing."""
    try:
        with transaction.atomic():
            _restore(actor, dataset, row)
    except Refusal as refusal:
        return refusal.message
    except (ProtectedError, RestrictedError):
        return _("已有别的资料用到它。")
    except (IntegrityError, InternalError):  # a trigger keeps histories
        return _("它已经有了记录，不能删除。")
    return ""


def _restore(actor: Asker, dataset: Dataset, row: LoadedRow) -> None:
    thing = dataset.rows().filter(pk=row.object_id).first()
    if thing is None:
        raise BadInput(_("它已经不在了。"), code="gone")
    if dataset.cells(thing) != row.after:
        raise BadInput(_("导入之后又改过。"), code="changed-since")
    if row.before is not None:
        if dataset.cells(dataset.write(actor, row_of(row.number, row.before))) != row.before:
            raise BadInput(_("它现在的样子不能完全恢复。"), code="not-restorable")
    elif dataset.remove is None:
        raise BadInput(_("这类资料是历史记录，不能删除。"), code="history")
    else:
        dataset.remove(actor, thing)
