"""REST of works: outfalls as GeoJSON, measures with cost and progress, both public; departments report the progress."""

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from accounts.models import ApiToken
from river_monitoring.works.filters import OutfallFilter
from river_monitoring.works.models import Measure, Outfall
from river_monitoring.works.permissions import measures_visible_to
from river_monitoring.works.queries import outfalls_for_lists
from river_monitoring.works.services import change_measure
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
                  "due_on", "outfall", "is_dropped", "updated", "version"]  # fmt: skip


class ProgressSerializer(serializers.Serializer):
    """How far a measure is. `version` is the one that was read: on an older one it is refused with 409."""

    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    share_done = serializers.IntegerField(min_value=0, max_value=100, required=False)
    spent_wan = serializers.DecimalField(max_digits=10, decimal_places=2, min_value=Decimal(0), required=False)
    note = serializers.CharField(
        max_length=1000, required=False, allow_blank=True, default="", help_text="why, where less is done or more spent"
    )


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
    """Measures of points, with cost and share done. The token of the department in charge reports the progress."""

    token_scope = ApiToken.Scope.POINTS
    queryset = Measure.objects.none()
    serializer_class = MeasureSerializer
    filterset_class = MeasureFilter
    pagination_class = Pages

    def get_queryset(self) -> QuerySet[Measure]:
        return measures_visible_to(self.request.user).select_related("point", "outfall")

    @extend_schema(request=ProgressSerializer, responses=MeasureSerializer, filters=False)
    @action(detail=True, methods=["post"], permission_classes=[IsAuthenticated], pagination_class=None)
    def progress(self, request: Request, pk: str) -> Response:
        """Report what is done and spent, in the name of the department in charge; the same again changes nothing."""
        measure = self.get_object()
        given = ProgressSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        said: dict[str, Any] = dict(given.validated_data)
        seen, note = said.pop("version"), said.pop("note")
        change_measure(measure.pk, request.user, expected_version=seen, changes=said, note=note)
        return Response(self.get_serializer(self.get_queryset().get(pk=measure.pk)).data)


ROUTES = [("outfalls", OutfallViewSet, "outfall"), ("measures", MeasureViewSet, "measure")]
