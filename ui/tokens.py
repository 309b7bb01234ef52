"""The design values that map styles, the sprite and the legends share with the web build."""

import json
from collections.abc import Mapping
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
SIGNS: dict[str, dict[str, str]] = load()["signs"]
"""Signs of the legend by name: ``svg``, drawn by hand, or ``shape`` and ``fill``, which the sprite draws too."""
SIGN_RADIUS = 9.6
SIGN_OUTLINE = "#22323b"


def sign_points(name: str) -> list[tuple[float, float]]:
    """Return the corners of a sign that has a shape, in points around its middle. Raises KeyError for others."""
    return [(x * SIGN_RADIUS, y * SIGN_RADIUS) for x, y in SHAPES[SIGNS[name]["shape"]]]


def sign_svg(name: str) -> str:
    """Return the SVG elements of a sign for a view box of 24 by 24 around its middle. Raises KeyError."""
    if "svg" in SIGNS[name]:
        return SIGNS[name]["svg"]
    corners = " ".join(f"{x:.2f},{y:.2f}" for x, y in sign_points(name))
    return f'<polygon points="{corners}" fill="{SIGNS[name]["fill"]}" stroke="{SIGN_OUTLINE}" stroke-width="1.5"/>'


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
    gettext_noop("数据不足或无水样"),
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


_ring_meanings: dict[str, object] = {}


def explain_rings(meanings: Mapping[str, object]) -> None:
    """Say what the rings around a map symbol mean, by name; the room whose states wear them calls it at start-up."""
    _ring_meanings.update(meanings)


def rings_in_words() -> list[Entry]:
    """Return the rings that a room has explained, in the order of the file, each with its `label`."""
    return [{**ring, "label": str(_ring_meanings[ring["name"]])} for ring in RINGS if ring["name"] in _ring_meanings]


def page_colours() -> dict[str, str]:
    """Return the pages' light colours for what is printed or framed, by names that templates can read."""
    return {name.replace("-", "_"): str(value) for name, value in load()["light"].items()}


def map_colours(theme: str) -> dict[str, str | float]:
    """Return the base map's colours: ``light``, ``dark`` or ``print``."""
    colours: dict[str, str | float] = load()["map"][theme]
    return colours
