"""What rooms above ours add to a project's page."""

from dataclasses import dataclass
from datetime import date

from django.dispatch import Signal


@dataclass(frozen=True)
class LinkedMatter:
    """A matter about the project, as a room above ours tells it."""

    title: str
    state: str
    on: date
    url: str = ""
    """Empty for readers who may know that there is one, but not read it."""


matters_requested = Signal()
"""Sent with `project` and `user`; each receiver answers with a list of :class:`LinkedMatter`: what was
asked for about the project and may be shown to that person. No names, no words of citizens."""

basemap_requested = Signal()
"""Sent with `box` (a Polygon, EPSG:4326); each receiver answers with lines and areas of water, as GEOS geometries, that
give a drawing of a place its surroundings."""
