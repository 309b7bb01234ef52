"""Cells into values, and values into cells: what the rooms' datasets share."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from math import isfinite
from typing import Any

from django.db.models import Model, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.directory.models import Area, Department
from accounts.loads.beside import own_first
from accounts.loads.definition import GivenRow
from accounts.permissions import Asker, inside
from geokit.refusal import refuse
from ui.sheets import SheetRow

type Heads = Mapping[str, Any]

YES_NO = (("yes", gettext_lazy("是")), ("no", gettext_lazy("否")))


def shape_cell(shape: Any) -> str:
    """Return a place as a cell: hexadecimal EWKB, empty for none."""
    return str(shape.hexewkb.decode()) if shape is not None else ""


def day_cell(day: date | None) -> str:
    return day.isoformat() if day else ""


def number_cell(value: Any) -> str:
    """Return a number without the zeros behind its point; empty for none.

    >>> number_cell(Decimal("12.50")), number_cell(3.0), number_cell(None)
    ('12.5', '3', '')
    """
    if value is None:
        return ""
    return f"{Decimal(str(value)).normalize():f}"


def yes_no_cell(value: bool) -> str:
    return YES_NO[0][0] if value else YES_NO[1][0]


def parse_number(row: SheetRow, column: str, heads: Heads, *, least: float, most: float) -> Decimal:
    """Return the number of a cell, between `least` and `most`. Raises BadInput."""
    try:
        number = Decimal(row[column])
    except InvalidOperation:
        number = Decimal("NaN")
    if not isfinite(number) or not least <= number <= most:
        words = _("“%(column)s”应是 %(least)s 到 %(most)s 之间的数字，不能是“%(text)s”。")
        named = {"column": heads[column], "least": f"{least:g}", "most": f"{most:g}", "text": row[column][:30]}
        raise refuse(column, "not-a-number", words % named)
    return number


def parse_whole(row: SheetRow, column: str, heads: Heads, *, least: int, most: int) -> int:
    """Return the whole number of a cell, between `least` and `most`. Raises BadInput."""
    number = parse_number(row, column, heads, least=least, most=most)
    if number != int(number):
        raise refuse(column, "not-a-number", _("“%s”应是整数。") % heads[column])
    return int(number)


def one_of(row: SheetRow, column: str, rows: Any, what: Any, *names: str) -> Any:
    """Return the row of `rows` that a cell names by one of the fields `names`, the first field before the others.

    None for an empty cell; raises BadInput for what nobody is called, or more than one.
    """
    word = row[column]
    if not word:
        return None
    by_code = rows.filter(**{names[0]: word}).first()
    if by_code is not None:
        return by_code
    matching = Q()
    for name in names[1:]:
        matching |= Q(**{name: word})
    found: list[Model] = own_first(rows.filter(matching)) if matching else []
    return chosen_of(column, word, None, found, what)


def chosen_of(column: str, word: str, by_code: Any, found: Sequence[Any], what: Any) -> Any:
    """Return which thing a word means: the one of that code, else the only one of that name. Raises BadInput."""
    if by_code is not None:
        return by_code
    if len(found) == 1:
        return found[0]
    message = _("叫“%(word)s”的%(what)s不止一个，请写代码。") if found else _("没有叫“%(word)s”的%(what)s。")
    raise refuse(column, "unknown", message % {"word": word[:60], "what": what})


def town_of(row: SheetRow, column: str = "area", asker: Asker | None = None) -> Area | None:
    """Return the town that a cell names by code or name. Raises BadInput.

    Towns of two districts may have one name; those of the district of `asker` go first.
    """
    towns = Area.objects.filter(level=Area.Level.TOWN)
    if asker is not None:
        own = towns.filter(inside(asker, "pk"))
        towns = own if own.filter(Q(name=row[column]) | Q(code=row[column])).exists() else towns
    return one_of(row, column, towns, _("镇街"), "code", "name")


def department_of(row: SheetRow, column: str = "department") -> Department | None:
    """Return the department that a cell names by code, name or short name. Raises BadInput."""
    return one_of(row, column, Department.objects.all(), _("部门"), "code", "name", "short_name")


def needed_shape(row: GivenRow) -> Any:
    """Return the row's place. Raises BadInput where it has none."""
    if row.shape is None:
        raise refuse("lng", "place-missing", _("没有写位置：请填写经度和纬度，或上传带图形的 GIS 文件。"))
    return row.shape
