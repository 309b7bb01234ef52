"""What waits for a person: the shape that every room fills for `/work/`.

A room's own `inbox.py` has ``waiting(user, today)``, which yields a `Waiting` for each kind of thing that this person
has to do (or only follows). `geo_portal.work.inbox` lists the rooms, puts everything in order of due date, and counts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.gis.geos import Point
from django.db.models import QuerySet


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One row of the inbox, in words: what it is, where it leads, and what stands beside it."""

    title: str
    url: str
    facts: tuple[str, ...] = ()
    """Short facts below the title (number, town, department); empty ones are left out."""
    badge: str = ""
    tone: str = "info"
    """How the badge looks: ok, info, warn, bad or muted. The word says it all; the colour only helps."""
    mark: str = ""
    """CSS classes of a sign in front of the title, such as ``class-mark class-mark--6``."""
    place: Point | None = None
    """Where it is, EPSG:4326."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One kind of thing that waits for somebody: its rows, narrowed to what she may see, and how one is shown."""

    kind: str
    """Names the kind in the address (``?kind=``); one kind has one name on the whole site."""
    title: Any
    rows: QuerySet
    show: Callable[[Any], Item]
    due: str = ""
    """Field or annotation of `rows` with the day by which it should be done; "" where nothing is due."""
    area: str = ""
    """Path from a row to its Area, for the filter by town; kinds without one are left out of it."""
    tileset: str = ""
    """Where the map draws the rows, and `feature`: the field with their id there."""
    feature: str = "pk"
    to_do: bool = True
    """False: nothing to do now, she only follows what becomes of it."""
    hint: Any = ""


def point_of(geom: Any) -> Point | None:
    """A place to point at on the map, whatever the geometry is."""
    if geom is None:
        return None
    return geom if geom.geom_type == "Point" else geom.point_on_surface


type Source = Callable[[Any, date], Any]
"""A room's ``waiting(user, today)``."""
