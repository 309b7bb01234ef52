"""REST of loaded layers: the same rows as tiles, pages and exports."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import looking
from geokit.refusal import BadInput
from layers.api.serializers import LayerSerializer, features_json
from layers.permissions import columns_visible_to, layers_visible_to
from layers.rasters.point_query import value_at
from layers.storage import queries
from layers.storage.models import Layer
from layers.storage.rows import rows_of
from layers.styling.legend import legend_of
from layers.styling.maplibre import INKS, style_layers
from layers.styling.style import style_of
from ui.pagination import GeoPages, Pages


class FeaturePages(GeoPages):
    max_page_size = 1_000


OWN_PARAMETERS = {"page", "page_size", "in_bbox", "ordering", "q", "format", looking.NAME}


class LayerViewSet(viewsets.ReadOnlyModelViewSet):
    """Layers that GIS staff loaded, and their features as GeoJSON."""

    queryset = Layer.objects.none()
    serializer_class = LayerSerializer
    pagination_class = Pages
    lookup_field = "slug"
    filterset_fields = ["visibility", "kind", "geometry_type", "department"]

    def get_queryset(self) -> QuerySet[Layer]:
        return layers_visible_to(self.request.user).select_related("department")

    def _opened(self) -> tuple[QuerySet, queries.Columns]:
        """The rows of a layer of features, and those of its columns that the asker may read."""
        layer: Layer = self.get_object()
        if layer.current_version is None or layer.kind == Layer.Kind.RASTER:
            raise Http404
        return rows_of(layer.current_version), columns_visible_to(self.request.user, layer)

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
        description=(
            "要素（GeoJSON）。任一列名都可作参数，按值精确筛选；"
            "列名后加 __contains、__min、__max、__null 为包含、不小于、不大于、是否为空。"
        ),
    )
    @action(detail=True, url_path="features", pagination_class=FeaturePages, filter_backends=[])
    def features(self, request: Request, slug: str) -> Response:
        every, columns = self._opened()
        rows = queries.in_bbox(every, request.query_params.get("in_bbox"))
        rows = queries.search(rows, columns, request.query_params.get("q", ""))
        wanted = {name: str(value) for name, value in request.query_params.items() if name not in OWN_PARAMETERS}
        rows = queries.with_values(rows, columns, wanted)
        # Only ids are sorted and paged; geometry is read for the page alone.
        page = self.paginate_queryset(
            queries.ordered(rows.only("pk"), columns, request.query_params.get("ordering", ""))
        )
        ids = [row.pk for row in page or []]
        by_id = {feature["id"]: feature for feature in features_json(every.filter(pk__in=ids), columns)}
        return self.get_paginated_response({"features": [by_id[pk] for pk in ids]})

    @extend_schema(responses={(200, "application/json"): OpenApiTypes.OBJECT}, description="一个要素（GeoJSON）。")
    @action(detail=True, url_path=r"features/(?P<pk>\d+)", url_name="feature", filter_backends=[])
    def feature(self, request: Request, slug: str, pk: str) -> Response:
        every, columns = self._opened()
        found: list[dict[str, Any]] = features_json(every.filter(pk=int(pk)), columns)
        if not found:
            raise Http404
        return Response(found[0])

    @extend_schema(
        operation_id="layers_style",
        responses={(200, "application/json"): OpenApiTypes.OBJECT},
        description="图层的样式，以及按它画图的 MapLibre 图层。",
        parameters=[OpenApiParameter("theme", str, enum=list(INKS))],
    )
    @action(detail=True, filter_backends=[])
    def style(self, request: Request, slug: str) -> Response:
        layer: Layer = self.get_object()
        columns = columns_visible_to(request.user, layer)
        if layer.kind == Layer.Kind.RASTER:
            return Response({"style": layer.style, "layers": []})
        theme = request.query_params.get("theme", "light")
        if theme not in INKS:
            raise BadInput(_("没有名为“%s”的底图主题。") % theme[:20], code="theme-unknown")
        drawn = style_of(layer, columns.values())
        layers = style_layers(layer.slug, drawn, layer.geometry_type, theme)
        return Response({"style": drawn.as_json(), "layers": layers})

    @extend_schema(
        operation_id="layers_legend",
        responses={(200, "application/json"): OpenApiTypes.OBJECT},
        description="图例：每一类的符号、文字和要素数。",
    )
    @action(detail=True, filter_backends=[])
    def legend(self, request: Request, slug: str) -> Response:
        layer: Layer = self.get_object()
        found = legend_of(layer, columns_visible_to(request.user, layer))
        return Response({"title": layer.title, "entries": [entry.as_json() for entry in found]})

    @extend_schema(
        parameters=[OpenApiParameter("lng", float, required=True), OpenApiParameter("lat", float, required=True)],
        responses={(200, "application/json"): OpenApiTypes.OBJECT},
        description="栅格在某处（WGS 84 经纬度）的值，逐波段；没有数据处为 null。",
    )
    @action(detail=True, url_path="value", filter_backends=[])
    def value(self, request: Request, slug: str) -> Response:
        layer: Layer = self.get_object()
        if layer.current_version is None or layer.kind != Layer.Kind.RASTER:
            raise Http404
        asked = request.query_params
        return Response(value_at(layer.current_version, asked.get("lng", ""), asked.get("lat", "")))


ROUTES = [("layers", LayerViewSet, "layer")]
