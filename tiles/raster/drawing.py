"""From a raster's values to a picture: ramp, composite, palette or relief."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from PIL import Image

from tiles.raster import ramps
from tiles.raster.hillshade import Light, illumination, veil

Mode = Literal["ramp", "rgb", "palette", "relief", "veil"]
Colour = tuple[int, int, int]
# How far full shade darkens a coloured cell: colours stay readable as values.
SHADE_DEPTH = 0.75


@dataclass(frozen=True)
class RasterStyle:
    """How values become colours; everything that changes a pixel is in here, so its text names the picture."""

    mode: Mode = "ramp"
    bands: tuple[int, ...] = (1,)
    """One band, or red, green and blue."""
    ranges: tuple[tuple[float, float], ...] = ((0.0, 255.0),)
    """Per band: the value drawn with the ramp's first colour (or black), and with its last."""
    ramp: str = "viridis"
    reverse: bool = False
    steps: int = 0
    """Flat bands of colour instead of a continuous ramp; 0 for none."""
    palette: tuple[tuple[int, Colour], ...] = ()
    """Colours of values that are names."""
    nearest: bool = False
    """Take the nearest cell's value instead of mixing neighbours."""
    smooth: bool = False
    """Mix more neighbours than two each way, so that coarse heights have no edges when they are drawn large."""
    shade: bool = False
    """Light and shade over the colours; the band must hold heights in metres."""
    light: Light = field(default_factory=Light)

    @property
    def needs_heights(self) -> bool:
        return self.shade or self.mode in ("relief", "veil")


def draw(values: np.ndarray, valid: np.ndarray, style: RasterStyle, pixel_m: float) -> Image.Image | None:
    """Draw `values` (bands, rows, columns; float32) where `valid` is 0 to 255; the outermost ring is only margin.

    None when nothing is valid. `pixel_m` is the size of a pixel on the ground in metres.
    """
    inner = valid[1:-1, 1:-1]
    if not inner.any():
        return None
    if style.mode == "rgb":
        return _composite(values[:, 1:-1, 1:-1], inner, style)
    heights = np.where(valid > 0, values[0], np.nan) if style.needs_heights else values[0]
    if style.mode == "veil":
        alpha = veil(heights, pixel_m, style.light)
        return Image.fromarray(np.stack([np.zeros_like(alpha), alpha], axis=-1), "LA")
    if style.mode == "relief":
        lit = np.nan_to_num(illumination(heights, pixel_m, style.light))
        return Image.fromarray(np.stack([(lit * 255).astype(np.uint8), inner], axis=-1), "LA")
    colours = _palette(values[0], style) if style.mode == "palette" else _ramp(values[0], style)
    alpha = inner if style.mode == "ramp" else np.where(colours[1], inner, 0).astype(np.uint8)
    return _shaded(colours[0], alpha, heights, style, pixel_m)


def _ramp(values: np.ndarray, style: RasterStyle) -> tuple[np.ndarray, np.ndarray]:
    places = _stretched(values[1:-1, 1:-1], style.ranges[0])
    table = ramps.lookup(style.ramp, reverse=style.reverse, steps=style.steps)
    return table[places], np.ones(places.shape, bool)


def _palette(values: np.ndarray, style: RasterStyle) -> tuple[np.ndarray, np.ndarray]:
    """Colours of known values, and which cells have one; a value without a colour is left out."""
    keys = np.array([key for key, _ in style.palette], dtype=np.int64)
    table = np.array([colour for _, colour in style.palette], dtype=np.uint8)
    order = np.argsort(keys)
    wanted = np.nan_to_num(values[1:-1, 1:-1]).round().astype(np.int64)
    found = np.clip(np.searchsorted(keys[order], wanted), 0, len(keys) - 1)
    return table[order][found], keys[order][found] == wanted


def _composite(values: np.ndarray, alpha: np.ndarray, style: RasterStyle) -> Image.Image:
    channels = [_stretched(band, limits) for band, limits in zip(values, style.ranges, strict=True)]
    return Image.fromarray(np.stack([*channels, alpha], axis=-1), "RGBA")


def _stretched(values: np.ndarray, limits: tuple[float, float]) -> np.ndarray:
    low, high = limits
    width = (high - low) or 1.0
    return np.clip(np.nan_to_num((values - low) / width) * 255 + 0.5, 0, 255).astype(np.uint8)


def _shaded(
    colours: np.ndarray, alpha: np.ndarray, heights: np.ndarray, style: RasterStyle, pixel_m: float
) -> Image.Image:
    if style.shade:
        lit = np.nan_to_num(illumination(heights, pixel_m, style.light), nan=1.0)
        # Level ground keeps its colour; only what turns from the light gets darker.
        factor = 1 - SHADE_DEPTH * np.clip(1 - lit / style.light.flat(), 0, 1)
        colours = (colours * factor[..., None]).astype(np.uint8)
    return Image.fromarray(np.dstack([colours, alpha]), "RGBA")
