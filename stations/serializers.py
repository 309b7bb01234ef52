"""Stations as GeoJSON; deputies and reception days as plain JSON."""

from rest_framework import serializers
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from stations.models import Deputy, Reception, Station


class StationSerializer(GeoFeatureModelSerializer):
    area = serializers.CharField(source="area.name", read_only=True)
    area_code = serializers.CharField(source="area.code", read_only=True)
    page = serializers.HyperlinkedIdentityField(view_name="stations:detail", lookup_field="code")

    class Meta:
        model = Station
        geo_field = "geom"
        fields = [
            "id", "code", "name", "kind", "area", "area_code", "address", "phone", "opening", "is_schematic",
            "updated_at", "page",
        ]  # fmt: skip


class DeputySerializer(serializers.ModelSerializer):
    """What the law lets be public: no certificate number, no account."""

    station = serializers.CharField(source="station.code", read_only=True)

    class Meta:
        model = Deputy
        fields = ["id", "name", "electoral_district", "occupation", "station"]


class ReceptionSerializer(serializers.ModelSerializer):
    station = serializers.CharField(source="station.code", read_only=True)
    deputies: serializers.Field = serializers.SlugRelatedField(many=True, read_only=True, slug_field="name")

    class Meta:
        model = Reception
        fields = [
            "id", "station", "kind", "theme", "starts_at", "ends_at", "held", "deputies", "visitors", "matters",
            "matters_settled",
        ]  # fmt: skip
