"""Zones for overlay runs: towns, villages, features of a layer, and those that other rooms register.

A zone is a row of (id, name, geometry in EPSG:4326, extra metres). The extra metres belong to the zone: a reach is
stored as a line, and its management range is so many metres to each side. Rooms above register what is theirs
(`register`), since layers know no rivers.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import BinaryField, CharField, F, FloatField, Func, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Area
from accounts.permissions import Asker, areas_visible_to
from geokit.refusal import BadInput, refuse
from layers.overlay.permissions import layers_read_whole_by
from layers.storage.columns import columns_from
from layers.storage.models import Layer, LayerVersion
from layers.storage.rows import rows_of

LAYER_PREFIX = "layer:"
POLYGON = "MultiPolygon"


class RawGeometry(Func):
    """A geometry as the database holds it; Django would otherwise select its bytes for Python."""

    template = "%(expressions)s"
    output_field = BinaryField()


@dataclass(frozen=True)
class ZoneSource:
    """Zones under a name. `rows(user)` are narrowed to what that person may see."""

    key: str
    title: str | Promise
    rows: Callable[[Asker], QuerySet[Any]]
    name: str
    geometry: str = "geom"
    extra_m: Any = 0.0
    """Metres around the geometry that belong to the zone: a number, or a function that returns an ORM expression."""
    is_polygon: bool = True
    note: str | Promise = ""
    """What a reader must know about these shapes."""
    version: str = ""
    visibility: str = Layer.Visibility.PUBLIC

    def query(self, user: Asker, only: Iterable[str] = ()) -> tuple[str, tuple[Any, ...]]:
        """SQL of columns id, name, geom, extra_m with its parameters; `only` keeps zones of these names."""
        rows = self.rows(user).filter(**{f"{self.geometry}__isnull": False}).order_by("pk")
        if wanted := list(only):
            rows = rows.filter(**{f"{self.name}__in": wanted})
        extra = self.extra_m() if callable(self.extra_m) else Value(float(self.extra_m))
        rows = rows.annotate(
            zone_name=Cast(F(self.name), CharField()),
            zone_geom=RawGeometry(F(self.geometry)),
            zone_extra=Cast(extra, FloatField()),
        )
        return rows.values_list("pk", "zone_name", "zone_geom", "zone_extra").query.sql_with_params()


_registered: dict[str, ZoneSource] = {}


def register(source: ZoneSource) -> None:
    """Offer zones of another room. Called once, when the application starts."""
    _registered[source.key] = source


def _areas(level: str, title: str | Promise) -> ZoneSource:
    return ZoneSource(
        key=f"areas:{level}",
        title=title,
        rows=lambda user: areas_visible_to(user).filter(level=level, geom__isnull=False),
        name="name",
    )


FIXED = (
    _areas(Area.Level.TOWN, gettext_lazy("镇街")),
    _areas(Area.Level.VILLAGE, gettext_lazy("村社")),
    _areas(Area.Level.DISTRICT, gettext_lazy("区县")),
)


def list_sources(user: Asker) -> list[ZoneSource]:
    """Everything that `user` can choose: areas that have shapes, registered zones, vector layers."""
    areas = [source for source in FIXED if source.rows(user).exists()]
    layers = layers_read_whole_by(user).filter(kind=Layer.Kind.VECTOR)
    return [*areas, *_registered.values(), *(of_layer(layer) for layer in layers)]


def of_layer(layer: Layer, name_field: str = "") -> ZoneSource:
    """A loaded layer's features as zones, called by `name_field` or by the first text field."""
    version = layer.current_version
    if version is None:
        raise BadInput(_("图层“%s”没有发布的版本。") % layer.title, code="layer-missing")
    return ZoneSource(
        key=f"{LAYER_PREFIX}{layer.slug}",
        title=layer.title,
        rows=lambda user: rows_of(version),
        name=_name_attribute(version, name_field),
        is_polygon=layer.geometry_type == POLYGON,
        version=f"v{version.number}",
        visibility=layer.visibility,
    )


def _name_attribute(version: LayerVersion, wanted: str) -> str:
    columns = columns_from(version.fields)
    for index, column in enumerate(columns):
        if wanted and wanted in (column.name, column.column):
            return f"f{index}"
    if wanted:
        raise refuse("name_field", "field-unknown", _("分区图层没有名为“%s”的字段。") % wanted)
    called = [i for i, c in enumerate(columns) if c.kind == "text" and ("名" in c.name or "name" in c.name.lower())]
    texts = [index for index, column in enumerate(columns) if column.kind == "text"]
    return f"f{(called or texts)[0]}" if called or texts else "id"


def find_source(key: str, user: Asker, name_field: str = "") -> ZoneSource:
    """The zones under a key. Raises BadInput `zones-unknown`."""
    if key.startswith(LAYER_PREFIX):
        slug = key.removeprefix(LAYER_PREFIX)
        layer = layers_read_whole_by(user).filter(slug=slug, kind=Layer.Kind.VECTOR).first()
        if layer:
            return of_layer(layer, name_field)
    known = {source.key: source for source in (*FIXED, *_registered.values())}
    if key not in known:
        names = _("、").join(source.key for source in list_sources(user))
        message = _("没有名为“%(key)s”的分区。可用：%(names)s。") % {"key": key, "names": names}
        raise refuse("zones", "zones-unknown", message)
    return known[key]
