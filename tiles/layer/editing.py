"""A feature that somebody sent to be written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class GivenFeature:
    """A whole feature as a client sent it: shape and values, nothing checked but that they are JSON."""

    geometry: Mapping[str, Any] | None
    """GeoJSON in the axes of the system; None where none was sent."""
    values: Mapping[str, Any]
    """Property -> value. What is not named has none."""
    srid: int
    north_first: bool
