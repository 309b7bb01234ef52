"""What becomes of the rows of a sheet: each is stored, changed, known already, or refused with field and reason."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import DataError, IntegrityError, transaction
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from geokit.refusal import BadInput, FieldError, Refusal
from ui.sheets import SheetRow

SEPARATORS = "、,，;；"


class Outcome(TextChoices):
    STORED = "stored", _("新增")
    CHANGED = "changed", _("更新")
    SAME = "same", _("相同")
    REFUSED = "refused", _("拒绝")


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one row; `name` is what it is about."""

    row: SheetRow
    outcome: Outcome
    name: str = ""
    errors: tuple[FieldError, ...] = field(default=())


type Take = Callable[[Any, SheetRow], RowResult]
"""Write one row on somebody's behalf. Raises Refusal."""


def take_rows(actor: Any, rows: Iterable[SheetRow], take: Take, *, dry_run: bool = False) -> list[RowResult]:
    """Take in all rows in one transaction; a refused row costs no other. With `dry_run` nothing stays."""
    with transaction.atomic():
        results = [_take(actor, row, take) for row in rows]
        if dry_run:
            transaction.set_rollback(True)
    return results


def counts_of(results: Sequence[RowResult]) -> dict[str, int]:
    """Count the rows by what became of them, every outcome named."""
    counted = Counter(result.outcome for result in results)
    return {outcome.value: counted[outcome] for outcome in Outcome}


def _take(actor: Any, row: SheetRow, take: Take) -> RowResult:
    try:
        with transaction.atomic():
            return take(actor, row)
    except Refusal as refusal:
        errors = refusal.errors or (FieldError("", refusal.code, refusal.message),)
        return RowResult(row, Outcome.REFUSED, errors=tuple(errors))
    except (IntegrityError, DataError):
        error = FieldError("", "not-storable", gettext("这一行与已有数据冲突，或内容过长。"))
        return RowResult(row, Outcome.REFUSED, errors=(error,))


def refuse(column: str, code: str, message: str) -> BadInput:
    """Return a refusal of a row for one of its cells."""
    return BadInput(message, code=code, errors=[FieldError(column, code, message)])


def required(row: SheetRow, column: str, heads: Mapping[str, Any], most: int) -> str:
    """Return a cell that has to be there and fit."""
    text = row[column]
    if not text:
        raise refuse(column, "required", gettext("没有写“%s”。") % heads[column])
    return fitting(row, column, heads, most)


def fitting(row: SheetRow, column: str, heads: Mapping[str, Any], most: int) -> str:
    """Return a cell that may be empty and has to fit."""
    if len(row[column]) > most:
        words = gettext("“%(column)s”不超过 %(most)d 字。")
        raise refuse(column, "too-long", words % {"column": heads[column], "most": most})
    return row[column]


def chosen(row: SheetRow, column: str, choices: Iterable[tuple[str, Any]], heads: Mapping[str, Any]) -> str:
    """Return the value that a cell names by its label or by itself."""
    known = list(choices)
    text = row[column]
    for value, label in known:
        if text in (value, str(label)):
            return value
    names = gettext("、").join(str(label) for _value, label in known)
    words = gettext("“%(column)s”应是：%(names)s。")
    raise refuse(column, "unknown", words % {"column": heads[column], "names": names})


def split(text: str) -> list[str]:
    """Return the names of a cell that lists several.

    >>> split("陈一、 陈二,陈三")
    ['陈一', '陈二', '陈三']
    """
    for separator in SEPARATORS:
        text = text.replace(separator, "\n")
    return [part.strip() for part in text.splitlines() if part.strip()]


DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日")
CLOCKS = ("%H:%M", "%H:%M:%S")


def day_of(row: SheetRow, column: str) -> date:
    """Return the day of a cell, however offices write days."""
    for pattern in DAYS:
        try:
            return datetime.strptime(row[column].split(" ")[0], pattern).date()
        except ValueError:
            continue
    raise refuse(column, "unreadable", gettext("日期“%s”读不懂，请写成 2026-11-05。") % row[column])


def moment_of(row: SheetRow, day: date, column: str) -> datetime:
    """Return the moment of a cell with a time of day, in the site's zone."""
    text = row[column].replace("：", ":").split(" ")[-1]
    for pattern in CLOCKS:
        try:
            clock = datetime.strptime(text, pattern).time()
        except ValueError:
            continue
        return timezone.make_aware(datetime.combine(day, clock))
    raise refuse(column, "unreadable", gettext("时间“%s”读不懂，请写成 08:30。") % row[column])
