"""What a geometry measures on the ellipsoid, asked of PostGIS."""

from dataclasses import dataclass
from typing import Any

from django.contrib.gis.db.models import FloatField
from django.db.models import F, Func, IntegerField

from layers.storage.models import LayerVersion
from layers.storage.rows import rows_of


class Geographic(Func):
    """A measure of WGS 84 geometry as geography: metres and square metres, not degrees."""

    template = "%(function)s(%(expressions)s::geography)"
    output_field = FloatField()


class Points(Func):
    function = "ST_NPoints"
    output_field = IntegerField()


class Parts(Func):
    function = "ST_NumGeometries"
    output_field = IntegerField()


@dataclass(frozen=True)
class Facts:
    """Lengths in metres, areas in square metres; None where the kind of geometry has none."""

    area: float | None
    length: float | None
    perimeter: float | None
    vertices: int
    parts: int


def facts_of(version: LayerVersion, pk: int, geometry_type: str) -> Facts | None:
    """Measure one feature; None when it is not there."""
    measures: dict[str, Any] = {
        "area": Geographic(F("geom"), function="ST_Area"),
        "length": Geographic(F("geom"), function="ST_Length"),
        "perimeter": Geographic(F("geom"), function="ST_Perimeter"),
        "vertices": Points(F("geom")),
        "parts": Parts(F("geom")),
    }
    found = rows_of(version).filter(pk=pk).values(**measures).first()
    if found is None:
        return None
    is_area, is_line = "Polygon" in geometry_type, "LineString" in geometry_type
    return Facts(
        area=found["area"] if is_area else None,
        length=found["length"] if is_line else None,
        perimeter=found["perimeter"] if is_area else None,
        vertices=found["vertices"],
        parts=found["parts"],
    )
