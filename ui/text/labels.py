"""Words of choices, for rows of long tables."""

from collections.abc import Iterable
from typing import Any


def labels_of(choices: Iterable[tuple[Any, Any]]) -> dict[Any, str]:
    """What stands for each choice, once for all rows: a row's own display makes a table of them each time."""
    return {value: str(label) for value, label in choices}
