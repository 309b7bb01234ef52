"""`in_bbox=west,south,east,north`: the features that a window of the map meets, for pages and API alike."""

from typing import Any

from django.contrib.gis.geos import Polygon
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter

from geokit.geometry.bbox import parse_bbox


def box_of(text: str) -> Polygon:
    """Return the window as a polygon, EPSG:4326; raises BadInput `bad-bbox`."""
    box = Polygon.from_bbox(parse_bbox(text))
    box.srid = 4326
    return box


class BBoxFilter(CharFilter):
    """Keep features whose geometry meets the box (WGS 84 degrees).

    A malformed box raises :class:`geokit.refusal.BadInput` rather than being ignored: a client that
    asks for a window must never be sent the whole district.
    """

    def __init__(self, field_name: str = "geom", lookup: str = "intersects", **more: Any) -> None:
        self.lookup = lookup
        super().__init__(field_name=field_name, **{"label": _("范围（西，南，东，北）"), **more})

    def filter(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return queryset
        return queryset.filter(**{f"{self.field_name}__{self.lookup}": box_of(value)})
