"""A vector layer: a queryset, narrowed to what somebody may see, with the properties a tile carries."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.contrib.gis.db.models import GeometryField
from django.db.models import F, Model, QuerySet
from django.db.models.expressions import Combinable
from django.utils.functional import Promise

from accounts.looking import shown_key
from accounts.permissions import Asker
from tiles.layer.about import About
from tiles.layer.editing import GivenFeature
from tiles.layer.map_use import MapUse

PUBLIC = "public"
EXTENT = 4096
BUFFER = 64
MAX_ZOOM = 22


Property = str | Combinable
StrOrPromise = str | Promise


def public_audience(user: Asker) -> str:
    """Everybody sees the same features; of several districts those of the one that she is shown."""
    return f"{PUBLIC}{shown_key(user)}"


@dataclass(frozen=True)
class Past:
    """A layer as it was in an earlier month, for layers whose history is kept."""

    visible_to: Callable[[Asker, dt.date], QuerySet[Any]]
    """`(user, first day of the month)`: what `user` may see, annotated with what `fields` name."""
    fields: Mapping[str, Property]
    depends_on: Sequence[type[Model]] = ()
    """Models that hold the history."""
    order_by: Sequence[str] = ("pk",)
    queryable: Mapping[str, Property] = field(default_factory=dict)
    """As `VectorLayer.queryable`, in the past."""


@dataclass(frozen=True)
class Cluster:
    """Draw things that lie near one another as one symbol, at each zoom anew (`tiles/engine/clusters.py`)."""

    worst: str = ""
    """The field whose greatest value stands for the whole cluster; empty for things without a rank."""
    cells: int = 8
    """Cells along a tile's side; a tile is 512 pixels wide on a screen."""
    of_points: bool = True
    """Whether every row is one point; of others a point on each is taken."""

    @property
    def properties(self) -> tuple[str, ...]:
        """What a cluster says besides the worst value: how many, how many of them are as bad, the only one's id."""
        return ("count", *(("worst_count",) if self.worst else ()), "point")


class Writer(Protocol):
    """A layer held for writing until the end of the transaction."""

    @property
    def layer(self) -> "VectorLayer":
        """The layer as it is now that nobody else writes it."""

    def create(self, feature: GivenFeature) -> int:
        """Add a feature; return its id, which no other feature of the layer ever had. Raises BadInput."""

    def replace(self, key: int, feature: GivenFeature) -> None:
        """Put a whole feature in the place of one. Raises BadInput."""

    def delete(self, key: int) -> None: ...


class Editing(Protocol):
    """Who writes a layer's features, and the writing."""

    def allows(self, user: Asker) -> bool: ...

    def hold(self, user: Asker) -> Writer:
        """Hold the layer, inside a transaction. Raises NotPermitted, Busy while a file is loaded, TooLarge."""


@dataclass(frozen=True)
class VectorLayer:
    """One source layer of the vector tiles.

    `visible_to(user)` returns the same queryset that the API, the pages and the exports start from,
    so a feature that a user may not read is in none of them. `fields` maps an MVT property to an ORM
    path or expression; the primary key is always the feature id and the property ``id``.
    `audience(user)` names the group of people who see the same features: tiles are cached per
    audience, and only ``"public"`` ones may be kept by shared caches.
    """

    name: str
    visible_to: Callable[[Asker], QuerySet[Any]]
    fields: Mapping[str, Property]
    title: StrOrPromise
    geometry: str = "geom"
    indexed: tuple[str, float] | None = None
    """Where `geometry` is computed: the column whose index finds the rows, and by how much (in units of the column) the
    computed one lies off it at most."""
    geometry_type: str = "Point"
    minzoom: int = 0
    maxzoom: int = 14
    buffer: int = BUFFER
    audience: Callable[[Asker], str] = public_audience
    depends_on: Sequence[type[Model]] = ()
    """Models besides the queryset's own whose changes make the tiles stale."""
    version_key: Callable[[], str] | None = None
    """For layers whose content is one immutable table per version: what names that version."""
    changes_daily: bool = False
    """Whether a property turns with the calendar (overdue), without any row being written."""
    description: StrOrPromise = ""
    attribution: str = ""
    schematic: bool = False
    order_by: Sequence[str] = field(default=("pk",))
    model: type[Model] | None = None
    """The model of the rows of `visible_to`, where asking for them looks into the database."""
    places: Callable[[Asker], QuerySet[Any]] | None = None
    """The same rows as `visible_to` without what is said of them, where that is dear: to tell where they lie."""
    known_bounds: Callable[[], tuple[float, float, float, float] | None] | None = None
    """West, south, east, north in degrees of all rows, where somebody has measured them already."""
    past: Past | None = None
    is_part: bool = False
    """Whether this is a filtered or past view of a layer: generalised copies are of the whole and do not fit."""
    ladder: bool = False
    """Whether generalised copies may stand in at low zooms: only where all of an audience see every row."""
    queryable: Mapping[str, Property] = field(default_factory=dict)
    """What a filter may name besides `fields`: tiles do not carry it. Nothing that a reader may not know."""
    cluster: Cluster | None = None
    """For layers of points whose tiles tell counts instead of points; `fields` are then those of a point alone, and a
    `buffer` of 1 is enough."""
    described: Mapping[str, StrOrPromise] = field(default_factory=dict)
    """Property -> what it means, for TileJSON; values of codes belong here."""
    api: str = ""
    """Where the API lists the same features, ``/api/v1/stations/``."""
    about: Callable[[], About] | None = None
    """Who provides it, of which day, on which terms; asked for by the catalogue alone."""
    editing: Editing | None = None
    """Where single features can be written, by whom and how; None for layers that are written otherwise."""
    map_use: MapUse | None = None
    """How the site's own map uses the layer; None where it does not draw it."""

    def __post_init__(self) -> None:
        if "id" in self.fields:
            raise ValueError(f"layer {self.name}: the property `id` is always there and always the primary key")

    def queryset(self, user: Asker) -> QuerySet[Any]:
        """Return the features that `user` may see and that have a place."""
        return self.visible_to(user).filter(**{f"{self.geometry}__isnull": False})

    def placed(self, user: Asker) -> QuerySet[Any]:
        """Return the same features, good for nothing but where they lie."""
        if self.places is None or self.is_part:
            return self.queryset(user)
        return self.places(user).filter(**{f"{self.geometry}__isnull": False})

    def model_for(self, user: Asker) -> type[Model]:
        """Return the model of what `user` may see."""
        return self.model or self.visible_to(user).model

    def geometry_field(self, queryset: QuerySet[Any]) -> "GeometryField[Any, Any]":
        """Return the geometry column: one of the model itself, or one that `visible_to` computed."""
        computed = queryset.query.annotations.get(self.geometry)
        column = computed.output_field if computed is not None else queryset.model._meta.get_field(self.geometry)
        if not isinstance(column, GeometryField):
            raise TypeError(f"layer {self.name}: {self.geometry} is not a geometry column")
        return column

    def annotations(self) -> dict[str, Combinable]:
        """Return the MVT properties as expressions, under names that cannot meet a model field."""
        return {f"p_{name}": F(source) if isinstance(source, str) else source for name, source in self.fields.items()}

    def carried(self) -> list[str]:
        """Return the names of the properties that a tile carries besides the id."""
        return [*self.fields, *(self.cluster.properties if self.cluster else ())]

    def tables(self, queryset: QuerySet[Any]) -> list[str]:
        """Return the database tables whose changes make this layer's tiles stale."""
        models = [queryset.model, *self.depends_on]
        return sorted({model._meta.db_table for model in models})


@dataclass(frozen=True)
class Tileset:
    """What `/tiles/<name>` names: one or more layers, drawn together."""

    name: str
    layers: tuple[VectorLayer, ...]

    @property
    def minzoom(self) -> int:
        return min(layer.minzoom for layer in self.layers)

    @property
    def maxzoom(self) -> int:
        return max(layer.maxzoom for layer in self.layers)

    def audience(self, user: Asker) -> str:
        """Return the joint audience; public only when every layer is."""
        parts = sorted({layer.audience(user) for layer in self.layers})
        return "+".join(parts)
