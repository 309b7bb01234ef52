"""Colour ramps for rasters, low to high. The first ones keep their order for colour-blind eyes and in grey print."""

from functools import lru_cache

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SHADES = 256
# viridis, cividis and magma: van der Walt, Smith and Firing for matplotlib (CC0), read off at nine places;
# ylgnbu and rdbu: Cynthia Brewer's (Apache 2.0); the others are ours.
STOPS: dict[str, tuple[str, ...]] = {
    "viridis": ("#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30", "#fde725"),
    "cividis": ("#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#fee838"),
    "magma": ("#000004", "#1d1147", "#51127c", "#832681", "#b73779", "#e75263", "#fc8961", "#fec488", "#fcfdbf"),
    "blue-white": ("#ffffff", "#deebf7", "#9ecae1", "#4292c6", "#08519c", "#08306b"),
    "ylgnbu": ("#ffffd9", "#edf8b1", "#c7e9b4", "#7fcdbb", "#41b6c4", "#1d91c0", "#225ea8", "#253494", "#081d58"),
    "grey": ("#000000", "#ffffff"),
    "rdbu": ("#053061", "#2166ac", "#4393c3", "#92c5de", "#f7f7f7", "#f4a582", "#d6604d", "#b2182b", "#67001f"),
    "terrain": ("#2f6f5e", "#6fa65a", "#b9c97a", "#e8d9a0", "#c49a6c", "#94694a", "#cfc6c0", "#ffffff"),
}
TITLES: dict[str, str | Promise] = {
    "viridis": _("翠绿（viridis，色觉友好）"),
    "cividis": _("蓝黄（cividis，色觉友好）"),
    "magma": _("岩浆（magma，色觉友好）"),
    "blue-white": _("白到深蓝（色觉友好）"),
    "ylgnbu": _("黄绿蓝（色觉友好）"),
    "grey": _("灰度"),
    "rdbu": _("蓝白红，两端对比（色觉友好）"),
    "terrain": _("地形"),
}
# For values that are names, not amounts (Okabe and Ito 2008), repeated when there are more of them.
CATEGORIES = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#525252")


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of `#rrggbb`."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


@lru_cache(maxsize=128)
def lookup(name: str, *, reverse: bool = False, steps: int = 0) -> np.ndarray:
    """256 colours of a ramp as uint8 (256, 3); with `steps` that many flat bands. Read-only, it is shared."""
    stops = np.array([rgb(colour) for colour in STOPS[name]], dtype=float)
    if reverse:
        stops = stops[::-1]
    places = np.linspace(0, 1, SHADES)
    if steps >= 2:
        places = np.minimum(np.floor(places * steps), steps - 1) / (steps - 1)
    known = np.linspace(0, 1, len(stops))
    table = np.stack([np.interp(places, known, stops[:, channel]) for channel in range(3)], axis=1)
    table = np.round(table).astype(np.uint8)
    table.setflags(write=False)
    return table


def css(name: str, *, reverse: bool = False, steps: int = 0, stops: int = 9) -> list[str]:
    """Evenly spaced colours of a ramp, low to high, for legends; with `steps` one per band."""
    table = lookup(name, reverse=reverse, steps=steps)
    count = steps or stops
    # The middle of each band, or from end to end of a continuous ramp.
    places = [(i + 0.5) / count if steps else i / (count - 1) for i in range(count)]
    return ["#{:02x}{:02x}{:02x}".format(*table[min(int(place * SHADES), SHADES - 1)]) for place in places]
