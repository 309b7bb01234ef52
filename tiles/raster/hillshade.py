"""Relief by light and shade (hillshade) of a grid of heights."""

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Light:
    """Where the light comes from, and how much heights are exaggerated."""

    azimuth: float = 315.0
    """Degrees clockwise from north."""
    altitude: float = 45.0
    """Degrees above the horizon."""
    z_factor: float = 1.0
    overhead: float = 0.0
    """Share of a second light straight above, 0 to 1: with it all slopes stand out, also those that face the first."""

    def flat(self) -> float:
        """How much light level ground gets, 0 to 1."""
        return math.sin(math.radians(self.altitude))


def slopes(heights: np.ndarray, pixel_m: float, z_factor: float) -> tuple[np.ndarray, np.ndarray]:
    """Rise to the east and to the north of each cell but the outermost ring, by Horn's weighted differences over the
    eight neighbours.

    `heights` in metres, north up, NaN where there is no data; `pixel_m` is the cell's size on the ground in
    metres. A neighbour without data counts as being as high as the cell itself, so that the edge of the data is no
    cliff; a cell without data is NaN.
    """
    middle = heights[1:-1, 1:-1]
    around = {
        (row, column): heights[1 + row : heights.shape[0] - 1 + row, 1 + column : heights.shape[1] - 1 + column]
        for row in (-1, 0, 1)
        for column in (-1, 0, 1)
    }
    cell = {place: np.where(np.isnan(values), middle, values) for place, values in around.items()}
    scale = z_factor / (8 * pixel_m)
    east = cell[-1, 1] + 2 * cell[0, 1] + cell[1, 1] - cell[-1, -1] - 2 * cell[0, -1] - cell[1, -1]
    # Rows run southward.
    north = cell[-1, -1] + 2 * cell[-1, 0] + cell[-1, 1] - cell[1, -1] - 2 * cell[1, 0] - cell[1, 1]
    return east * scale, north * scale


def illumination(heights: np.ndarray, pixel_m: float, light: Light) -> np.ndarray:
    """Lambert shading of each cell but the outermost ring: 0 in full shade, 1 facing the light; NaN without data."""
    slope_e, slope_n = slopes(heights, pixel_m, light.z_factor)
    azimuth, altitude = math.radians(light.azimuth), math.radians(light.altitude)
    to_light_e = math.sin(azimuth) * math.cos(altitude)
    to_light_n = math.cos(azimuth) * math.cos(altitude)
    towards_light = math.sin(altitude) - slope_e * to_light_e - slope_n * to_light_n
    lit: np.ndarray = towards_light / np.sqrt(1 + slope_e**2 + slope_n**2)
    return lit.clip(0.0, 1.0)


def veil(heights: np.ndarray, pixel_m: float, light: Light, strength: int = 110) -> np.ndarray:
    """A black veil for a base map: alpha 0 on level and sunny ground, up to `strength` in the shade; uint8."""
    lit = illumination(heights, pixel_m, light)
    shade = np.clip((light.flat() - lit) / light.flat(), 0.0, 1.0)
    if light.overhead:
        slope_e, slope_n = slopes(heights, pixel_m, light.z_factor)
        shade = (1 - light.overhead) * shade + light.overhead * (1 - 1 / np.sqrt(1 + slope_e**2 + slope_n**2))
    return np.where(np.isnan(lit), 0, shade * strength).astype(np.uint8)
