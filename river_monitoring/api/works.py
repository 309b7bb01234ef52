"""REST of works: outfalls as GeoJSON, measures with cost and progress. Reading only; both are public."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers, viewsets
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from river_monitoring.works.filters import OutfallFilter
from river_monitoring.works.models import Measure, Outfall
from river_monitoring.works.permissions import measures_visible_to
from river_monitoring.works.queries import outfalls_for_lists
from ui.pagination import Pages


class OutfallSerializer(GeoFeatureModelSerializer):
    """`kind` and `subkind` are the first and second level of HJ 1312-2023."""

    area = serializers.CharField(source="area.name")
    river = serializers.CharField(source="river.name", default="")
    department = serializers.CharField(source="department.name")
    points: serializers.SlugRelatedField = serializers.SlugRelatedField("code", many=True, read_only=True)
    updated = serializers.DateTimeField(source="updated_at")
    url = serializers.CharField(source="get_absolute_url")

    class Meta:
        model = Outfall
        geo_field = "geom"
        fields = ["id", "code", "name", "kind", "subkind", "state", "area", "river", "department", "operator",
                  "requirement", "flows_when_dry", "points", "is_schematic", "updated", "url"]  # fmt: skip


class MeasureSerializer(serializers.ModelSerializer):
    """Money in 10,000 yuan; `share_done` in per cent."""

    point = serializers.CharField(source="point.code")
    outfall = serializers.CharField(source="outfall.code", default="")
    updated = serializers.DateTimeField(source="updated_at")

    class Meta:
        model = Measure
        fields = ["id", "point", "kind", "title", "contractor", "cost_wan", "spent_wan", "share_done", "starts_on",
                  "due_on", "outfall", "is_dropped", "updated"]  # fmt: skip


class MeasureFilter(filters.FilterSet):
    point = filters.CharFilter(field_name="point__code")
    kind = filters.ChoiceFilter(choices=Measure.Kind.choices)

    class Meta:
        model = Measure
        fields: list[str] = []


class OutfallViewSet(viewsets.ReadOnlyModelViewSet):
    """Outfalls into rivers and lakes (入河排污口)."""

    queryset = Outfall.objects.none()
    serializer_class = OutfallSerializer
    filterset_class = OutfallFilter

    def get_queryset(self) -> QuerySet[Outfall]:
        return outfalls_for_lists(self.request.user).prefetch_related("points")


class MeasureViewSet(viewsets.ReadOnlyModelViewSet):
    """Measures of points, with cost and share done."""

    queryset = Measure.objects.none()
    serializer_class = MeasureSerializer
    filterset_class = MeasureFilter
    pagination_class = Pages

    def get_queryset(self) -> QuerySet[Measure]:
        return measures_visible_to(self.request.user).select_related("point", "outfall")


ROUTES = [("outfalls", OutfallViewSet, "outfall"), ("measures", MeasureViewSet, "measure")]
