"""What an edit changed, from what to what, for the log."""

from collections.abc import Sequence
from typing import Any

from layers.storage.columns import Column
from layers.storage.feature_rows import Row

SHAPE = "geometry"
MOST_CHARACTERS = 200
MOST_COLUMNS = 40


def changes(columns: Sequence[Column], before: Row | None, after: Row | None) -> dict[str, list[Any]]:
    """Return old and new by column; of the shape under `geometry` a digest of each. None: there was, or is, no row.

    Long texts are cut, and of very many columns the first stand here.
    """
    names = [SHAPE, *(column.column for column in columns)]
    pairs = zip(names, _told(before, len(names)), _told(after, len(names)), strict=True)
    found = [(name, [old, new]) for name, old, new in pairs if old != new]
    return dict(found[:MOST_COLUMNS])


def _told(row: Row | None, count: int) -> list[Any]:
    return [None] * count if row is None else [row.shape, *map(_plain, row.values)]


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value)
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + "…"
