"""Importing the rows of a sheet: each is stored, changed, the same, or refused with column and reason."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import DataError, IntegrityError, transaction
from django.db.models import TextChoices
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from geokit.refusal import FieldError, Refusal, refuse
from ui.sheets import SheetRow

SEPARATORS = "、,，;；"
MOST_DIGITS = 9
"""Of a whole number in a cell."""


class Outcome(TextChoices):
    STORED = "stored", _("新增")
    CHANGED = "changed", _("更新")
    SAME = "same", _("相同")
    REFUSED = "refused", _("拒绝")


@dataclass(frozen=True, slots=True)
class RowResult:
    """The outcome of one row; `name` identifies what it is about."""

    row: SheetRow
    outcome: Outcome
    name: str = ""
    errors: tuple[FieldError, ...] = field(default=())


type RowImport[A] = Callable[[A, SheetRow], RowResult]
"""Imports one row for an actor. Raises Refusal."""


def import_rows[A](
    actor: A, rows: Iterable[SheetRow], import_row: RowImport[A], *, dry_run: bool = False
) -> list[RowResult]:
    """Import all rows in one transaction; a refused row does not affect others. With `dry_run` nothing is saved."""
    with transaction.atomic():
        results = [_import_row(actor, row, import_row) for row in rows]
        if dry_run:
            transaction.set_rollback(True)
    return results


def count_outcomes(results: Sequence[RowResult]) -> dict[str, int]:
    """Return the number of rows of every outcome."""
    counted = Counter(result.outcome for result in results)
    return {outcome.value: counted[outcome] for outcome in Outcome}


def _import_row[A](actor: A, row: SheetRow, import_row: RowImport[A]) -> RowResult:
    try:
        with transaction.atomic():
            return import_row(actor, row)
    except Refusal as refusal:
        errors = refusal.errors or (FieldError("", refusal.code, refusal.message),)
        return RowResult(row, Outcome.REFUSED, errors=tuple(errors))
    except (IntegrityError, DataError):
        error = FieldError("", "not-storable", gettext("这一行与已有数据冲突，或内容过长。"))
        return RowResult(row, Outcome.REFUSED, errors=(error,))


def required_text(row: SheetRow, column: str, heads: Mapping[str, Any], most: int) -> str:
    """Return the text of a required cell of at most `most` characters. Raises BadInput."""
    text = row[column]
    if not text:
        raise refuse(column, "required", gettext("没有写“%s”。") % heads[column])
    return optional_text(row, column, heads, most)


def optional_text(row: SheetRow, column: str, heads: Mapping[str, Any], most: int) -> str:
    """Return the text of an optional cell of at most `most` characters. Raises BadInput."""
    if len(row[column]) > most:
        words = gettext("“%(column)s”不超过 %(most)d 字。")
        raise refuse(column, "too-long", words % {"column": heads[column], "most": most})
    return row[column]


def in_every_language(words: Any) -> list[str]:
    """Return a lazy text in each language of the site: a sheet may come from a colleague who reads another."""
    found = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found.append(str(words))
    return found


def choice_value(row: SheetRow, column: str, choices: Iterable[tuple[str, Any]], heads: Mapping[str, Any]) -> str:
    """Return the choice that a cell gives by value, or by its label in any language of the site. Raises BadInput."""
    known = list(choices)
    text = row[column]
    for value, label in known:
        if text == value or text in in_every_language(label):
            return value
    names = gettext("、").join(str(label) for _value, label in known)
    words = gettext("“%(column)s”应是：%(names)s。")
    raise refuse(column, "unknown", words % {"column": heads[column], "names": names})


def number_in_cell(text: str, least: int, most: int) -> int | None:
    """Return the number of a cell; None where it is no whole number from `least` (0 at the lowest) to `most`."""
    number = int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else -1
    return number if least <= number <= most else None


def split_names(text: str) -> list[str]:
    """Return the names of a cell that lists several.

    >>> split_names("陈一、 陈二,陈三")
    ['陈一', '陈二', '陈三']
    """
    for separator in SEPARATORS:
        text = text.replace(separator, "\n")
    return [part.strip() for part in text.splitlines() if part.strip()]


DATE_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日")
TIME_FORMATS = ("%H:%M", "%H:%M:%S")


def parse_day(row: SheetRow, column: str) -> date:
    """Return the date of a cell in any of `DATE_FORMATS`. Raises BadInput."""
    for pattern in DATE_FORMATS:
        try:
            return datetime.strptime(row[column].split(" ")[0], pattern).date()
        except ValueError:
            continue
    raise refuse(column, "unreadable", gettext("日期“%s”读不懂，请写成 2026-11-05。") % row[column])


def parse_moment(row: SheetRow, day: date, column: str) -> datetime:
    """Return `day` with the time of a cell, in the site's time zone. Raises BadInput."""
    text = row[column].replace("：", ":").split(" ")[-1]
    for pattern in TIME_FORMATS:
        try:
            clock = datetime.strptime(text, pattern).time()
        except ValueError:
            continue
        return timezone.make_aware(datetime.combine(day, clock))
    raise refuse(column, "unreadable", gettext("时间“%s”读不懂，请写成 08:30。") % row[column])
