"""What waits for a person: the shape that every room fills for `/work/`.

A room's own `inbox.py` has ``waiting(user, today)``, which yields a `Waiting` for each kind of thing that this person
has to do (or only follows). `geo_portal.work.inbox` lists the rooms, groups everything by what it is about, puts it in
order (days that the law sets, then the rest, by due date) and counts.
"""

from collections.abc import Callable, Mapping
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
class Act:
    """What can be done to many rows at once; each is one step of its own, allowed and refused by itself."""

    name: str
    """One act has one name on the whole site; rows of several kinds may have the same one."""
    label: Any
    take: Callable[[Any, Any, Mapping[str, Any]], Any]
    """Of the actor, the row and what was given (`department`, `text`). Raises Refusal."""
    needs: tuple[str, ...] = ()
    """Which of the given fields it cannot do without, so that the page says so before it begins."""


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
    about: str = ""
    """What kind of thing the rows are about ("point"), and `subject`: the path to its key. Rows about one thing, of
    whichever kind, are one row of the inbox that opens. Without `about` each row is about itself."""
    subject: str = "pk"
    lead: Callable[[Any], Item] | None = None
    """How that thing is shown above a row which does not show it itself."""
    statutory: bool = False
    """Whether `due` is a day that the law sets: such rows stand first."""
    search: tuple[str, ...] = ()
    """Paths to the texts in which words are looked for; kinds without one are left out of a search."""
    department: str = ""
    """Path to the department that has it, for the filter; kinds without one are left out of it."""
    acts: tuple[Act, ...] = ()


def point_of(geom: Any) -> Point | None:
    """A place to point at on the map, whatever the geometry is."""
    if geom is None:
        return None
    return geom if geom.geom_type == "Point" else geom.point_on_surface


type Source = Callable[[Any, date], Any]
"""A room's ``waiting(user, today)``."""


@dataclass(frozen=True, slots=True)
class Fate:
    """Something of one's own and what becomes of it: whose turn it is, a line each; none where it is over."""

    item: Item
    turns: tuple[str, ...] = ()
