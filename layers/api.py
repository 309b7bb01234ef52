"""REST of loaded layers: the same rows as tiles, pages and exports."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework_gis.pagination import GeoJsonPagination

from accounts.pagination import Pages
from layers import queries
from layers.models import Layer, LayerVersion
from layers.permissions import layers_visible_to
from layers.rows import rows_of
from layers.serializers import LayerSerializer, features_json


class FeaturePages(GeoJsonPagination):
    page_size_query_param = "page_size"
    max_page_size = 1_000


OWN_PARAMETERS = {"page", "page_size", "in_bbox", "ordering", "q", "format"}


class LayerViewSet(viewsets.ReadOnlyModelViewSet):
    """Layers that GIS staff loaded, and their features as GeoJSON."""

    queryset = Layer.objects.none()
    serializer_class = LayerSerializer
    pagination_class = Pages
    lookup_field = "slug"
    filterset_fields = ["visibility", "geometry_type"]

    def get_queryset(self) -> QuerySet[Layer]:
        return layers_visible_to(self.request.user).select_related("department")

    def _version(self) -> LayerVersion:
        layer: Layer = self.get_object()
        if layer.current_version is None:
            raise Http404
        return layer.current_version

    @extend_schema(
        operation_id="layers_features_list",
        parameters=[
            OpenApiParameter("in_bbox", str, description="西,南,东,北（WGS 84）"),
            OpenApiParameter("ordering", str, description="列名，前加 - 为倒序"),
            OpenApiParameter("q", str, description="在文字列中查找"),
            OpenApiParameter("page", int),
            OpenApiParameter("page_size", int, description="最多 1000"),
        ],
        responses={(200, "application/json"): OpenApiTypes.OBJECT},
        description="要素（GeoJSON）。任一列名都可作参数，按值精确筛选。",
    )
    @action(detail=True, url_path="features", pagination_class=FeaturePages, filter_backends=[])
    def features(self, request: Request, slug: str) -> Response:
        version = self._version()
        rows = queries.in_bbox(rows_of(version), request.query_params.get("in_bbox"))
        rows = queries.search(rows, version, request.query_params.get("q", ""))
        wanted = {name: str(value) for name, value in request.query_params.items() if name not in OWN_PARAMETERS}
        rows = queries.with_values(rows, version, wanted)
        page = self.paginate_queryset(queries.ordered(rows, version, request.query_params.get("ordering", "")))
        ids = [row.pk for row in page or []]
        by_id = {feature["id"]: feature for feature in features_json(rows_of(version).filter(pk__in=ids), version)}
        return self.get_paginated_response({"features": [by_id[pk] for pk in ids]})

    @extend_schema(responses={(200, "application/json"): OpenApiTypes.OBJECT}, description="一个要素（GeoJSON）。")
    @action(detail=True, url_path=r"features/(?P<pk>\d+)", url_name="feature", filter_backends=[])
    def feature(self, request: Request, slug: str, pk: str) -> Response:
        version = self._version()
        found: list[dict[str, Any]] = features_json(rows_of(version).filter(pk=int(pk)), version)
        if not found:
            raise Http404
        return Response(found[0])


ROUTES = [("layers", LayerViewSet, "layer")]
