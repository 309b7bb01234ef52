"""Loaded layers and their features as JSON."""

import json
from collections.abc import Mapping
from typing import Any

from django.contrib.gis.db.models.functions import AsGeoJSON
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request

from geokit.geometry.geojson import plain
from layers.permissions import columns_visible_to
from layers.storage.columns import Column
from layers.storage.models import Layer
from layers.styling.style import shown_style

DECIMALS = 7


class LayerSerializer(serializers.ModelSerializer):
    """A layer of the catalogue with its published version."""

    version = serializers.IntegerField(source="current_version.number")
    rows = serializers.IntegerField(source="current_version.rows")
    bbox = serializers.ListField(source="current_version.bbox", child=serializers.FloatField())
    department = serializers.CharField(source="department.name", default=None, allow_null=True)
    tilejson = serializers.SerializerMethodField()
    features = serializers.SerializerMethodField()

    class Meta:
        model = Layer
        fields = [
            "id", "slug", "title", "description", "visibility", "kind", "geometry_type", "source", "data_date",
            "licence", "review_number", "department", "style", "version", "rows", "bbox", "updated", "tilejson",
            "features",
        ]  # fmt: skip

    def get_tilejson(self, layer: Layer) -> str:
        return self._absolute(f"/tiles/{layer.slug}.json")

    def get_features(self, layer: Layer) -> str:
        return self._absolute(f"/api/v1/layers/{layer.slug}/features/")

    def _absolute(self, path: str) -> str:
        request: Request | None = self.context.get("request")
        return request.build_absolute_uri(path) if request else path

    def to_representation(self, instance: Layer) -> dict[str, Any]:
        body = super().to_representation(instance)
        request: Request | None = self.context.get("request")
        columns = columns_visible_to(request.user if request else None, instance)
        body["fields"] = [column.as_dict() for column in columns.values()]
        body["style"] = shown_style(instance, columns.values())
        return body


def features_json(rows: QuerySet, columns: Mapping[str, Column]) -> list[dict[str, Any]]:
    """GeoJSON features; the geometry is written by PostGIS with seven decimals (a centimetre)."""
    found = rows.annotate(shape=AsGeoJSON("geom", precision=DECIMALS)).values_list("id", "shape", *columns)
    return [
        {
            "type": "Feature",
            "id": pk,
            "geometry": json.loads(shape),
            "properties": {column.column: plain(value) for column, value in zip(columns.values(), values, strict=True)},
        }
        for pk, shape, *values in found
    ]
