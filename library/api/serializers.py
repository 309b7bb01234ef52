"""Places that documents speak of, as GeoJSON; what their tile says too."""

from rest_framework import serializers
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from library.places.models import Mention


class DocumentPlaceSerializer(GeoFeatureModelSerializer):
    code = serializers.CharField(source="document.code", read_only=True)
    title = serializers.CharField(source="document.title", read_only=True)
    kind = serializers.CharField(source="document.kind", read_only=True)
    page: serializers.Field = serializers.HyperlinkedRelatedField(
        source="document", view_name="library:document", lookup_field="code", read_only=True
    )

    class Meta:
        model = Mention
        geo_field = "geom"
        fields = ["id", "code", "title", "kind", "name", "quote", "page"]
