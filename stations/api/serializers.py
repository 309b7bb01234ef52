"""Stations as GeoJSON; deputies and reception days as plain JSON."""

from rest_framework import serializers
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from stations.receptions.models import Reception
from stations.register.models import Deputy, OpeningDay, Station
from stations.register.service_level import level_of
from stations.service_areas.models import ServiceArea
from ui.api.times import TimeField


class OpeningDaySerializer(serializers.ModelSerializer):
    class Meta:
        model = OpeningDay
        fields = ["rhythm", "day", "starts", "ends"]


class StationSerializer(GeoFeatureModelSerializer):
    area = serializers.CharField(source="area.name", read_only=True)
    area_code = serializers.CharField(source="area.code", read_only=True)
    opening_days = OpeningDaySerializer(many=True, read_only=True)
    service_level: serializers.Field = serializers.SerializerMethodField()
    page = serializers.HyperlinkedIdentityField(view_name="stations:detail", lookup_field="code")

    class Meta:
        model = Station
        geo_field = "geom"
        fields = [
            "id", "code", "name", "kind", "area", "area_code", "address", "phone", "opening", "opening_days", "floor",
            "indoor_m2", "facilities", "service_level", "is_schematic", "updated_at", "page",
        ]  # fmt: skip

    def get_service_level(self, station: Station) -> str:
        return level_of(station).value


class ServiceAreaSerializer(GeoFeatureModelSerializer):
    code = serializers.CharField(source="station.code", read_only=True)
    name = serializers.CharField(source="station.name", read_only=True)

    class Meta:
        model = ServiceArea
        geo_field = "geom"
        id_field = "station_id"
        fields = ["station_id", "code", "name", "source", "updated_at"]


class DeputySerializer(serializers.ModelSerializer):
    """What the law lets be public: no certificate number, no account."""

    station = serializers.CharField(source="station.code", read_only=True)
    page = serializers.HyperlinkedIdentityField(view_name="stations:deputy", lookup_field="page_code")

    class Meta:
        model = Deputy
        fields = ["id", "name", "electoral_district", "occupation", "station", "page"]


class ReceptionSerializer(serializers.ModelSerializer):
    """A reception day; matters are counted, their texts are not public."""

    station = serializers.CharField(source="station.code", read_only=True)
    deputies: serializers.Field = serializers.SlugRelatedField(many=True, read_only=True, slug_field="name")
    attendances = serializers.IntegerField(source="present", read_only=True)
    matters = serializers.IntegerField(source="received", read_only=True)
    matters_settled = serializers.IntegerField(source="settled", read_only=True)
    page: serializers.Field = serializers.HyperlinkedIdentityField(view_name="stations:reception")

    class Meta:
        model = Reception
        fields = [
            "id", "station", "kind", "status", "theme", "starts_at", "ends_at", "held", "capacity", "deputies",
            "attendances", "visitors", "matters", "matters_settled", "page",
        ]  # fmt: skip


class HeldReceptionSerializer(serializers.Serializer):
    """A held reception from a town's own system, identified by its station and start."""

    station = serializers.CharField(max_length=30, help_text="联络站编号")
    starts_at = TimeField()
    ends_at = TimeField()
    kind = serializers.ChoiceField(Reception.Kind.choices, required=False, help_text="routine where nothing is said")
    theme = serializers.CharField(max_length=80, default="", allow_blank=True)
    online_url = serializers.CharField(max_length=200, default="", allow_blank=True)
    deputies: serializers.Field = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=50, help_text="到场代表的姓名或代表证号"
    )
    visitors = serializers.IntegerField(min_value=0, max_value=2000)
    summary = serializers.CharField(max_length=2000, default="", allow_blank=True)


class HeldRowSerializer(serializers.Serializer):
    """The outcome of one row: stored, changed, same or refused."""

    row = serializers.IntegerField()
    outcome = serializers.CharField()
    errors = serializers.ListField(child=serializers.DictField(), required=False)  # type: ignore[assignment]


class HeldReportSerializer(serializers.Serializer):
    """The number of rows of each outcome, and the outcome of each row."""

    stored = serializers.IntegerField()
    changed = serializers.IntegerField()
    same = serializers.IntegerField()
    refused = serializers.IntegerField()
    rows = HeldRowSerializer(many=True)
