"""A table without coordinates takes its shapes from areas, or from a layer, by a code or a name.

Each row meets one shape, or is rejected with the reason and what may have been meant. Areas are met by code, by name,
and by an address that names one of them; a part of a name, which the place field of a form takes, is only proposed.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

import geopandas
import numpy as np
import pandas
import shapely
from django.utils.translation import gettext as _
from pyproj import CRS

from accounts.areas.find import areas_named, find_areas
from accounts.directory.models import Area
from accounts.permissions import Asker, areas_visible_to
from geokit.crs.systems import WGS84, Bounds, SourceCrs
from geokit.geometry.repair import POLYGON
from geokit.records.rows import Batch, Issue, Reader
from geokit.refusal import BadInput
from layers.importing.options import LoadOptions
from layers.permissions import all_columns, columns_visible_to, layers_visible_to
from layers.storage.models import Layer
from layers.storage.queries import attribute_of
from layers.storage.rows import rows_of
from ui.text.width import half_width

AREAS = "areas"
TABLES = ("CSV", "XLSX")
"""Drivers of what may have no place of its own."""
JOINING = ("join", "join_column", "join_to")
MOST_TARGETS = 100_000
MOST_LOOKED_UP = 300
"""Different values that are compared with all names, for a suggestion or as addresses; of more, only codes and names
count."""
MOST_VERTICES = 20_000_000
"""Of all shapes that a table takes: a line of ten bytes can name an outline of thousands of vertices."""
SUGGESTED = 3
MOST_COMPARED, LONGEST_KEY = 5_000, 100
"""Names that an unknown one is compared with, and characters of one: comparing takes time by both."""


@dataclass
class Target:
    """What rows are joined to: shapes by key, and what is said about a key that meets none."""

    frame: Any
    """A GeoDataFrame with the columns `key` (each once), `geometry` and `times` (how many have the key)."""
    geometry_type: str
    user: Asker
    of_areas: bool = False
    _known: dict[str, tuple[Any, str, str]] = field(default_factory=dict)
    _shapes: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self._shapes = dict(zip(self.frame["key"], self.frame.geometry, strict=True))

    def looked_up(self, key: str) -> tuple[Any, str, str]:
        """Return a shape, or a code and a reason, for a key that no shape has; each key is looked up once."""
        if key not in self._known:
            if len(self._known) >= MOST_LOOKED_UP or len(key) > LONGEST_KEY:
                return None, "join-unmatched", self._not_looked_up(key)
            self._known[key] = self._area(key) if self.of_areas else self._close_to(key)
        return self._known[key]

    def _not_looked_up(self, key: str) -> str:
        if not self.of_areas:
            return _("没有对应的图形。")
        if len(key) > LONGEST_KEY:
            return _("超过 %d 个字，没有按地址查找。请改用区划代码或全名。") % LONGEST_KEY
        return _("已按地址查找了 %d 种写法，这一种没有再查。请改用区划代码或全名，或者分几次导入。") % MOST_LOOKED_UP

    def _close_to(self, key: str) -> tuple[Any, str, str]:
        short = [name for name in self.frame["key"] if len(name) <= LONGEST_KEY]
        return _unmatched(key, get_close_matches(key, short, SUGGESTED) if len(short) <= MOST_COMPARED else [])

    def _area(self, key: str) -> tuple[Any, str, str]:
        """All that the key names count, also those without an outline: of several none is taken."""
        found = areas_named(self.user, key)
        if not found:
            return _unmatched(key, _told(find_areas(self.user, key)))
        if len(found) > 1:
            names = _("、").join(_told(found))
            return None, "join-ambiguous", _("“%(key)s”可能是 %(names)s。") % {"key": key[:60], "names": names}
        shape = self._shapes.get(key_of(found[0].code))
        return (shape, "", "") if shape is not None else _without_outline(_told(found)[0])


class JoinedReader:
    """A table's reader whose rows have the shapes of what they are joined to."""

    dimensions = ""
    bounds: Bounds | None = None

    def __init__(self, reader: Reader, column: str, target: Target) -> None:
        names = [item.name for item in reader.fields]
        if column not in names:
            message = _("没有名为“%(name)s”的列。现有列：%(columns)s。")
            raise BadInput(message % {"name": column[:60], "columns": "、".join(names[:12])}, code="field-unknown")
        self._reader, self._column, self._target = reader, column, target
        self._place = names.index(column)
        self.geometry_type = target.geometry_type
        self.crs: SourceCrs | None = SourceCrs(CRS.from_epsg(WGS84), WGS84, "format")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reader, name)

    def batches(self, size: int) -> Iterator[Batch]:
        vertices = 0
        for batch in self._reader.batches(size):
            found = self._joined(batch)
            vertices += int(shapely.get_num_coordinates(found.geometry).sum())
            if vertices > MOST_VERTICES:
                message = _("挂接出来的图形一共超过 %d 个顶点，请分成几张表导入，或挂接到概化过的图层。")
                raise BadInput(message % MOST_VERTICES, code="join-too-large")
            yield found

    def _joined(self, batch: Batch) -> Batch:
        keys = [key_of(value) for value in batch.columns[self._place]]
        frame = pandas.DataFrame({"key": keys}).merge(self._target.frame, on="key", how="left", sort=False)
        geometry = np.full(len(batch), None, object)
        issues = list(batch.issues)
        for index, (key, shape, times) in enumerate(zip(keys, frame["geometry"], frame["times"], strict=True)):
            found, code, reason = self._shape(key, shape, times)
            geometry[index] = found
            if code:
                issues.append(Issue(batch.first_row + index, self._column, code, reason))
        return Batch(batch.first_row, geometry, batch.columns, issues)

    def _shape(self, key: str, shape: Any, times: float) -> tuple[Any, str, str]:
        if not key:
            return None, "join-empty", _("这一行的“%s”是空的，不知道对应哪个图形。") % self._column
        if times == 1:
            return (shape, "", "") if shape is not None else _without_outline(key)
        if times > 1:
            reason = _("“%(key)s”有 %(times)d 个，请改用编号。") % {"key": key[:60], "times": times}
            return None, "join-ambiguous", reason
        return self._target.looked_up(key)


def joined(reader: Reader, options: LoadOptions) -> Reader:
    """Return the reader of a table joined as the options say. Raises BadInput."""
    if reader.driver not in TABLES:
        raise BadInput(_("只有没有图形的表格（CSV、Excel、ODS）可以挂接图形。"), code="join-no-table")
    if not options.join_column:
        raise BadInput(_("请指明表格里用来对应的列。"), code="join-no-column")
    target = _areas(options.user) if options.join == AREAS else _layer(options)
    return JoinedReader(reader, options.join_column, target)


def key_of(value: Any) -> str:
    """Return a value as it is compared: a whole number without its decimals, letters of one width and case."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return " ".join(half_width(text).split()).casefold()


def _unmatched(key: str, names: Sequence[str]) -> tuple[None, str, str]:
    meant = _("是不是 %s？") % _("、").join(names) if names else ""
    return None, "join-unmatched", _("没有“%(key)s”对应的图形。%(meant)s") % {"key": key[:60], "meant": meant}


def _without_outline(name: str) -> tuple[None, str, str]:
    return None, "join-unmatched", _("“%s”还没有边界图形。") % name[:60]


def _told(areas: Sequence[Area]) -> list[str]:
    return [f"{area.name}（{area.code}）" for area in areas[:SUGGESTED]]


def _areas(user: Asker) -> Target:
    """Areas by code and by name, also those without an outline: a name that they share is not another's alone."""
    found = areas_visible_to(user).values_list("code", "name", "geom")
    shapes = [(code, name, shapely.from_wkb(bytes(geom.wkb)) if geom else None) for code, name, geom in found]
    pairs = [(key_of(code), shape) for code, _name, shape in shapes]
    codes = {key for key, _shape in pairs}
    pairs += [(key, shape) for _code, name, shape in shapes if (key := key_of(name)) not in codes]
    return Target(_framed(pairs), POLYGON, user, of_areas=True)


def _layer(options: LoadOptions) -> Target:
    """The features of a layer that the person sees, by one of the fields that she reads."""
    trusted = options.user is None  # the machine's own command line
    every = Layer.objects.filter(current_version__isnull=False) if trusted else layers_visible_to(options.user)
    layer = every.filter(slug=options.join, kind=Layer.Kind.VECTOR).select_related("current_version").first()
    if layer is None or layer.current_version is None:
        raise BadInput(_("没有名为“%s”的图层。") % options.join[:60], code="layer-missing")
    if layer.current_version.rows > MOST_TARGETS:
        raise BadInput(_("挂接的图层最多 %s 个要素。") % MOST_TARGETS, code="join-too-large")
    version = layer.current_version
    columns = all_columns(version) if trusted else columns_visible_to(options.user, layer)
    attribute = attribute_of(columns, options.join_to or layer.key_column or "id")
    rows = rows_of(version).values_list(attribute, "geom").iterator(2_000)
    pairs = [(key_of(value), shapely.from_wkb(bytes(geom.wkb))) for value, geom in rows if value is not None]
    return Target(_framed(pairs), layer.geometry_type, options.user)


def _framed(pairs: Sequence[tuple[str, Any]]) -> Any:
    """The shapes by key: of a key that several have, one and their number; None for what has no shape."""
    times = Counter(key for key, _shape in pairs)
    once = dict(pairs)
    return geopandas.GeoDataFrame(
        {"key": list(once), "times": [times[key] for key in once]}, geometry=list(once.values()), crs=WGS84
    )
