"""The design values that map styles, the sprite and the legends share with the web build."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext, gettext_noop

SOURCE = Path(__file__).with_name("tokens.json")

type Entry = dict[str, Any]
"""One sign: its name or value, its words and its colours."""


@cache
def load() -> dict[str, Any]:
    """Return the whole file of design values."""
    tokens: dict[str, Any] = json.loads(SOURCE.read_text(encoding="utf-8"))
    return tokens


WATER_CLASSES: list[Entry] = load()["classes"]
RINGS: list[Entry] = load()["rings"]
LIGHTS: list[Entry] = load()["lights"]
SHAPES: dict[str, list[list[float]]] = load()["shapes"]


def water_class(value: int) -> Entry:
    """Return one water class's label, colour and shape (1-6, 6 = inferior V; 0 = unrated).

    Raises KeyError for a number that is no class.
    """
    for entry in WATER_CLASSES:
        if entry["value"] == value:
            return entry
    raise KeyError(value)


# The words of the file, named here for translators.
WORDS = (
    gettext_noop("Ⅰ类"),
    gettext_noop("Ⅱ类"),
    gettext_noop("Ⅲ类"),
    gettext_noop("Ⅳ类"),
    gettext_noop("Ⅴ类"),
    gettext_noop("劣Ⅴ类"),
    gettext_noop("未评价"),
    gettext_noop("优"),
    gettext_noop("良好"),
    gettext_noop("轻度污染"),
    gettext_noop("中度污染"),
    gettext_noop("重度污染"),
    gettext_noop("数据不足"),
    gettext_noop("已挂号"),
    gettext_noop("已定方案"),
    gettext_noop("治理中"),
    gettext_noop("待验收"),
    gettext_noop("已销号"),
    gettext_noop("回头看"),
    gettext_noop("已中止"),
    gettext_noop("按期"),
    gettext_noop("滞后"),
    gettext_noop("严重滞后"),
)


def in_words(entries: list[Entry]) -> list[Entry]:
    """Return entries with their words in the reader's language."""
    return [
        {name: gettext(value) if name in ("label", "meaning") else value for name, value in entry.items()}
        for entry in entries
    ]


def map_colours(theme: str) -> dict[str, str | float]:
    """Return the base map's colours: ``light``, ``dark`` or ``print``."""
    colours: dict[str, str | float] = load()["map"][theme]
    return colours
