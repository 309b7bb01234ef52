"""Names and shapes out of any file that layers can be loaded from, in WGS 84. Nothing is dropped in silence."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.utils.translation import gettext as _

from geokit.geometry.repair import MULTI_OF, Cleaner
from geokit.readers.factory import open_reader
from geokit.records.rows import Reader
from geokit.refusal import BadInput
from geokit.sources.discovery import open_layers
from geokit.sources.unzip import Limits
from projects.plan.place_limits import MAX_PLACES, MAX_VERTICES, too_detailed

NAME_FIELDS = ("name", "名称", "点位", "点位名称", "title", "mc")
ROWS = 200


LIMITS = Limits(entries=500, inflated_bytes=200 * 1024**2, ratio=100, workbook_bytes=50 * 1024**2)
"""A page waits for it, and it is hundreds of places at most: far below what an import may grow into."""


def read_places(path: Path, workdir: Path, crs: str = "") -> Iterator[tuple[str, GEOSGeometry]]:
    """Yield name (may be empty) and shape (EPSG:4326) of each feature of each layer of `path`.

    Raises BadInput with the row and the reason: an unknown CRS, a broken shape, more features or vertices than a
    project may have. Called in a process of its own only (`place_child`).
    """
    workdir.mkdir(parents=True, exist_ok=True)
    seen = vertices = 0
    for layer in open_layers(path, workdir, LIMITS):
        reader = open_reader(layer, crs=crs or None)
        for row, (name, shape) in enumerate(_rows(reader), 1):
            seen += 1
            if seen > MAX_PLACES:
                raise BadInput(_("文件里的要素超过 %d 个。") % MAX_PLACES, code="too-many")
            vertices += int(shapely.get_num_coordinates(shape))
            if vertices > MAX_VERTICES:
                raise too_detailed()
            yield name, _cleaned(reader, row, shape)


def _rows(reader: Reader) -> Iterator[tuple[str, Any]]:
    names = [field.name.lower() for field in reader.fields]
    column = next((names.index(name) for name in NAME_FIELDS if name in names), None)
    for batch in reader.batches(ROWS):
        for issue in batch.issues:
            if issue.rejected:
                raise BadInput(
                    _("第 %(row)d 行：%(reason)s") % {"row": issue.row, "reason": issue.reason}, code=issue.code
                )
        for index, shape in enumerate(batch.geometry):
            value = batch.columns[column][index] if column is not None else None
            yield str(value or "").strip(), shape


def _cleaned(reader: Reader, row: int, shape: Any) -> GEOSGeometry:
    found = reader.crs
    if found is None:
        raise BadInput(_("文件没有写明坐标系，请选择坐标系后再上传。"), code="crs-missing")
    family = MULTI_OF.get(int(shapely.get_type_id(shape)))
    if family is None:
        raise BadInput(_("第 %d 行没有图形，或者图形不是点、线、面。") % row, code="geometry-missing")
    shapes = np.empty(1, object)
    shapes[0] = shape
    done = Cleaner(found.crs, family).clean(shapes, row, set())
    rejected = [issue for issue in done.issues if issue.rejected]
    if rejected or done.geometry[0] is None:
        reason = rejected[0].reason if rejected else ""
        raise BadInput(_("第 %(row)d 行：%(reason)s") % {"row": row, "reason": reason}, code="bad-geometry")
    whole = done.geometry[0]
    only = whole.geoms[0] if len(whole.geoms) == 1 else whole
    return GEOSGeometry(memoryview(shapely.to_wkb(only)), srid=4326)
