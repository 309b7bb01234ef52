"""The style of a raster layer: `Layer.style` of kind `raster`, completed from a version's statistics.

    {"kind": "raster",
     "mode": "ramp" | "rgb" | "palette" | "relief",
     "band": 1,                       of ramp, palette and relief
     "bands": [1, 2, 3],              of rgb: red, green, blue
     "ramp": "viridis", "reverse": false, "steps": 0,
     "stretch": "minmax" | "percent" | "fixed",   from the version's statistics (percent: 2 % to 98 %), or
     "low": 0.0, "high": 100.0,       these, with "fixed"
     "shade": false, "azimuth": 315, "altitude": 45, "z_factor": 1.0,
     "smooth": true,                  mix neighbours (never for names)
     "opacity": 0.9, "unit": "m"}

Every entry may be missing: a version says what suits it. Legends and tiles ask `tile_style` and `legend`, so
they cannot differ.
"""

from typing import Any

from django.utils.translation import gettext as _

from layers.storage.models import LayerVersion
from tiles.raster import ramps
from tiles.raster.drawing import RasterStyle
from tiles.raster.hillshade import Light

MODES = ("ramp", "rgb", "palette", "relief")
STRETCHES = ("minmax", "percent", "fixed")
ELEVATION_WORDS = ("dem", "dsm", "dtm", "elev", "height", "高程", "地形")
LEGEND_STOPS = 48
"""Colours of a continuous ramp in the legend: enough to look continuous."""
COLOUR_NAMES = ("red", "green", "blue")


def default_style(raster: dict[str, Any], title: str = "") -> dict[str, Any]:
    """What suits a raster that nobody has styled yet."""
    style: dict[str, Any] = {
        "kind": "raster",
        "mode": "ramp",
        "band": 1,
        "bands": [1, 2, 3],
        "ramp": "viridis",
        "reverse": False,
        "steps": 0,
        "stretch": "percent",
        "low": None,
        "high": None,
        "shade": False,
        "azimuth": 315.0,
        "altitude": 45.0,
        "z_factor": 1.0,
        "smooth": True,
        "opacity": 0.9,
        "unit": raster["bands"][0].get("unit", ""),
    }
    names = [band["colour"] for band in raster["bands"]]
    if all(name in names for name in COLOUR_NAMES):
        return style | {"mode": "rgb", "bands": [names.index(n) + 1 for n in COLOUR_NAMES], "stretch": "minmax"}
    if raster["categorical"]:
        return style | {"mode": "palette", "smooth": False, "stretch": "minmax"}
    said = f"{title} {raster['bands'][0].get('name', '')}".lower()
    if any(word in said for word in ELEVATION_WORDS):
        return style | {"ramp": "terrain", "stretch": "minmax", "shade": True, "unit": style["unit"] or "m"}
    return style


def merged(style: dict[str, Any], version: LayerVersion, title: str = "") -> dict[str, Any]:
    """The layer's style with what the version suggests in the places left open; bands that are gone are put right."""
    base = default_style(version.raster, title)
    said = {name: value for name, value in style.items() if name in base and value is not None}
    together = base | (said if style.get("kind") == "raster" else {})
    count = len(version.raster["bands"])
    together["band"] = min(max(int(together["band"]), 1), count)
    together["bands"] = [min(max(int(band), 1), count) for band in together["bands"]][:3]
    if together["mode"] == "palette" and not categories(version.raster, together["band"]):
        together["mode"] = "ramp"
    return together


def is_sound(style: dict[str, Any]) -> bool:
    """Whether a style from an address has the types and choices that drawing relies on."""
    numbers = ("low", "high", "azimuth", "altitude", "z_factor", "opacity")
    whole = [style.get("band", 1), style.get("steps", 0), *(style.get("bands") or [1])]
    return (
        style.get("mode") in MODES
        and style.get("stretch", "minmax") in STRETCHES
        and style.get("ramp", "viridis") in ramps.STOPS
        and all(isinstance(style.get(name, 1.0), int | float | None) for name in numbers)
        and all(isinstance(value, int) and 0 <= value <= 64 for value in whole)
    )


def limits(style: dict[str, Any], raster: dict[str, Any], band: int) -> tuple[float, float]:
    """The values drawn with the first and the last colour."""
    about = raster["bands"][band - 1]
    if style["mode"] == "rgb" and raster["dtype"] == "uint8" and style["stretch"] == "minmax":
        return 0.0, 255.0  # a photograph is what it is
    if style["stretch"] == "fixed" and style["low"] is not None and style["high"] is not None:
        return float(style["low"]), float(style["high"])
    cuts = about.get("percentiles")
    low, high = (cuts["2"], cuts["98"]) if style["stretch"] == "percent" and cuts else (about["min"], about["max"])
    if low is None:
        return 0.0, 1.0
    return (float(low), float(high)) if high > low else (float(low), float(low) + 1.0)


def categories(raster: dict[str, Any], band: int = 1) -> list[tuple[int, str, int]]:
    """Value, colour and number of cells of a band whose values are names; empty for measurements."""
    listed = raster["bands"][band - 1].get("values") or []
    own = raster.get("colours") or {}
    return [
        (value, own.get(str(value)) or ramps.CATEGORIES[index % len(ramps.CATEGORIES)], cells)
        for index, (value, cells) in enumerate(listed)
    ]


def tile_style(style: dict[str, Any], raster: dict[str, Any]) -> RasterStyle:
    """A merged style in the words of the tile engine."""
    mode = style["mode"]
    bands = tuple(style["bands"]) if mode == "rgb" else (style["band"],)
    palette = tuple((value, ramps.rgb(colour)) for value, colour, _cells in categories(raster, style["band"]))
    return RasterStyle(
        mode=mode,
        bands=bands,
        ranges=tuple(limits(style, raster, band) for band in bands),
        ramp=style["ramp"],
        reverse=bool(style["reverse"]),
        steps=int(style["steps"]),
        palette=palette if mode == "palette" else (),
        nearest=mode == "palette" or not style["smooth"],
        shade=bool(style["shade"]) and mode == "ramp",
        light=Light(float(style["azimuth"]), float(style["altitude"]), float(style["z_factor"])),
    )


def legend(style: dict[str, Any], raster: dict[str, Any]) -> dict[str, Any]:
    """What the legend shows: a ramp with its numbers, or colours with their values; empty for photographs."""
    if style["mode"] == "palette":
        found = categories(raster, style["band"])
        return {"kind": "classes", "classes": [{"value": v, "colour": c, "cells": n} for v, c, n in found]}
    if style["mode"] != "ramp":
        return {}
    low, high = limits(style, raster, style["band"])
    steps = int(style["steps"])
    colours = ramps.css(style["ramp"], reverse=bool(style["reverse"]), steps=steps, stops=LEGEND_STOPS)
    about = raster["bands"][style["band"] - 1]
    places = steps or 4
    return {
        "kind": "ramp",
        "colours": colours,
        "steps": steps,
        "ticks": [readable(low + (high - low) * index / places, high - low) for index in range(places + 1)],
        "unit": style["unit"],
        "below": about["min"] is not None and about["min"] < low,
        "above": about["max"] is not None and about["max"] > high,
    }


def readable(value: float, span: float) -> str:
    """A number with as many digits as `span` makes worth reading.

    >>> readable(12.3456, 1000), readable(0.123456, 0.5)
    ('12', '0.123')
    """
    decimals = (
        0 if abs(span) >= 100 else 1 if abs(span) >= 10 else 2 if abs(span) >= 1 else 3 if abs(span) >= 0.1 else 6
    )
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def band_title(raster: dict[str, Any], band: int) -> str:
    """What a person calls a band."""
    name = raster["bands"][band - 1].get("name")
    number = _("波段 %d") % band
    return f"{number} · {name}" if name else number
