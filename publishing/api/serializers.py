"""Pages with a place as GeoJSON; what their tile says too."""

from rest_framework import serializers
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from publishing.register.models import SitePage


class SiteNewsSerializer(GeoFeatureModelSerializer):
    name = serializers.CharField(source="title", read_only=True)
    area = serializers.CharField(source="place_area.name", read_only=True, default=None, allow_null=True)
    page: serializers.Field = serializers.HyperlinkedIdentityField(view_name="publishing:page", lookup_field="code")

    class Meta:
        model = SitePage
        geo_field = "geom"
        fields = ["id", "code", "name", "column", "area", "published_at", "page"]
