"""Administrative areas as tiles and API: the frame that every map is drawn in."""

from typing import Any

from django.db.models import Case, IntegerField, Value, When
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from rest_framework import serializers, viewsets
from rest_framework.pagination import PageNumberPagination
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from accounts.looking import looked_at, shown_with_above
from accounts.models import Area, Department
from accounts.permissions import Asker, areas_visible_to, departments_visible_to, scope_of
from tiles.layer.map_use import MapUse
from tiles.layer.vector import VectorLayer
from tiles.query.filters import BBoxFilter

_RANK = Case(
    *(When(level=level, then=Value(rank)) for rank, level in enumerate(Area.Level.values)),
    output_field=IntegerField(),
)

LAYERS = [
    VectorLayer(
        name="areas",
        title=_("行政区划"),
        visible_to=areas_visible_to,
        geometry_type="Polygon",
        fields={"code": "code", "name": "name", "level": "level", "rank": _RANK, "schematic": "is_schematic"},
        schematic=True,
        api="/api/v1/areas/",
        map_use=MapUse(is_base=True),
    ),
    VectorLayer(
        name="places",
        title=_("地名"),
        visible_to=areas_visible_to,
        geometry="point",
        fields={"code": "code", "name": "name", "level": "level", "rank": _RANK},
        minzoom=8,
        api="/api/v1/areas/",
        map_use=MapUse(is_base=True),
    ),
]


def own_area(user: Asker) -> dict[str, Any] | None:
    """Return where staff work who do not work everywhere, or the district looked at: what the map dwells on.

    Others' areas are veiled there.
    """
    scope = scope_of(user)
    area = scope or looked_at(user)
    if area is None or not area.code:
        return None
    box = None if area.geom is None else tuple(round(edge, 5) for edge in area.geom.extent)
    return {"level": area.level, "code": area.code, "box": box, "is_mine": scope is not None}


class AreaSerializer(GeoFeatureModelSerializer):
    class Meta:
        model = Area
        geo_field = "geom"
        fields = ["id", "code", "name", "level", "parent", "is_schematic"]


class DepartmentSerializer(serializers.ModelSerializer):
    class Meta:
        model = Department
        fields = ["id", "code", "name", "short_name", "area", "phone"]


class AreaFilter(filters.FilterSet):
    """Areas by level, code, parent and window of the map."""

    in_bbox = BBoxFilter()

    class Meta:
        model = Area
        fields = ["level", "code", "parent"]


class AreaViewSet(viewsets.ReadOnlyModelViewSet):
    """Administrative areas (GeoJSON); `level` is one of province, city, district, town, village."""

    queryset = Area.objects.none()
    serializer_class = AreaSerializer
    filterset_class = AreaFilter

    def get_queryset(self):
        return areas_visible_to(self.request.user)


class DepartmentViewSet(viewsets.ReadOnlyModelViewSet):
    """Departments and town governments that answer for points, projects and suggestions."""

    queryset = Department.objects.none()
    serializer_class = DepartmentSerializer
    filterset_fields = ["code", "area"]
    pagination_class = PageNumberPagination

    def get_queryset(self):
        return departments_visible_to(self.request.user).filter(shown_with_above(self.request.user))
