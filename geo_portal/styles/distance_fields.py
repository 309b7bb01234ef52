"""The signs of loaded layers' points as distance fields: a map client gives each its colour, size and outline."""

import math

import numpy as np
import shapely
from PIL import Image

from layers.styling.maplibre import ICON_RADIUS
from layers.styling.marker_shapes import SHAPE_POINTS

SIDE = 36  # points; leaves room for the outline around a sign of ICON_RADIUS
# What MapLibre and its kin expect: the edge at three quarters of the scale, one unit of it per eighth of a point.
EDGE, REACH = 0.75, 8
CORNERS = 48


def names() -> list[str]:
    return ["circle", *SHAPE_POINTS]


def outline(name: str) -> shapely.Polygon:
    """The sign's outline in points around its middle, y downwards."""
    if name == "circle":
        turns = [index / CORNERS * 2 * math.pi for index in range(CORNERS)]
        return shapely.Polygon([(ICON_RADIUS * math.cos(turn), ICON_RADIUS * math.sin(turn)) for turn in turns])
    return shapely.Polygon([(x * ICON_RADIUS, y * ICON_RADIUS) for x, y in SHAPE_POINTS[name]])


def field(name: str, ratio: int) -> Image.Image:
    """The sign at `ratio` pixels a point: the alpha says how far the edge is."""
    shape = outline(name)
    places = (np.arange(SIDE * ratio) + 0.5) / ratio - SIDE / 2
    x, y = np.meshgrid(places, places)
    points = shapely.points(x, y)
    away = shapely.distance(points, shape.exterior) * np.where(shapely.contains(shape, points), -1, 1)
    alpha = np.clip(EDGE - away * ratio / REACH, 0, 1)
    pixels = np.zeros((*alpha.shape, 4), dtype=np.uint8)
    pixels[..., 3] = np.round(alpha * 255)
    return Image.fromarray(pixels, "RGBA")
