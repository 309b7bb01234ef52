"""Texts too long for a cell of a workbook: cut into parts for the columns beside it, and put together again."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from accounts.loads.definition import Column
from geokit.refusal import refuse
from ui.downloads import CELL_LENGTH

MOST = CELL_LENGTH - 1
"""Of one part; the apostrophe before what would run as a formula takes one more."""
LOOK_BACK = 1_000


def cut(column: Column, text: str) -> list[str]:
    """Return the text in as many parts as the column has, the last ones empty; what is too long stays in the last.

    No part begins or ends with a blank, for cells are read without the blanks around them.
    """
    found: list[str] = []
    while len(text) > MOST and len(found) < column.parts - 1:
        at = next((at for at in range(MOST, MOST - LOOK_BACK, -1) if not _has_blank(text[at - 1 : at + 1])), MOST)
        found.append(text[:at])
        text = text[at:]
    return [*found, text, *[""] * (column.parts - 1 - len(found))]


def _has_blank(pair: str) -> bool:
    return any(sign.isspace() for sign in pair)


def put_together(columns: tuple[Column, ...], cells: Mapping[str, str]) -> dict[str, str]:
    """Return the cells of a row with the parts of each long text as one.

    Raises BadInput where the last part fills its cell: a spreadsheet program has cut off what came after it.
    """
    found = dict(cells)
    for column in columns:
        if column.parts == 1 or column.name not in found:
            continue
        parts = [found.pop(name, "") for name in column.part_names]
        filled = [part for part in parts if part]
        if filled and len(filled[-1]) == CELL_LENGTH:
            words = _("“%(column)s”写满了一格（%(most)d 字），余下的应是被截掉了。请用 CSV，或接着写在“%(next)s”列。")
            said = {"column": column.head, "most": CELL_LENGTH, "next": column.part_heads(str(column.head))[1]}
            raise refuse(column.name, "cut-off", words % said)
        found[column.name] = "".join(parts)
    return found
