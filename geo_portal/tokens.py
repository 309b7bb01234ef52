"""The design values that map styles, the sprite and the legends share with the web build."""

import json
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).with_name("tokens.json")


@cache
def load() -> dict:
    """Return the whole file of design values."""
    return json.loads(SOURCE.read_text(encoding="utf-8"))


WATER_CLASSES: list[dict] = load()["classes"]
RINGS: list[dict] = load()["rings"]
LIGHTS: list[dict] = load()["lights"]
SHAPES: dict[str, list[list[float]]] = load()["shapes"]


def water_class(value: int) -> dict:
    """Return one water class's label, colour and shape (1-6, 6 = inferior V; 0 = unrated).

    Raises KeyError for a number that is no class.
    """
    for entry in WATER_CLASSES:
        if entry["value"] == value:
            return entry
    raise KeyError(value)


def map_colours(theme: str) -> dict[str, str | float]:
    """Return the base map's colours: ``light``, ``dark`` or ``print``."""
    return load()["map"][theme]
