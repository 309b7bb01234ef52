"""JSON of river monitoring. What has a place is GeoJSON, WGS 84 longitude and latitude."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from accounts.models import Area, Department
from river_monitoring.assessment.coverage import REASONS
from river_monitoring.network.models import Chief, ManagementRange, Reach, River, WaterKind
from river_monitoring.points.models import MonitoringPoint, WaterClass
from river_monitoring.samples.models import Sample
from river_monitoring.steps.table import TABLE


class RiverSerializer(serializers.ModelSerializer):
    """`length_m` is the sum of the reaches (a lake's shore), `surface_m2` the water's area where it is known."""

    flows_into: serializers.SlugRelatedField = serializers.SlugRelatedField("code", read_only=True, allow_null=True)
    length_m = serializers.FloatField(source="length", read_only=True, allow_null=True)
    surface_m2 = serializers.FloatField(read_only=True, allow_null=True)
    url = serializers.CharField(source="get_absolute_url", read_only=True)

    class Meta:
        model = River
        fields = ["id", "code", "name", "kind", "grade", "flows_into", "length_m", "surface_m2", "url"]


class ChiefSerializer(serializers.ModelSerializer):
    """Somebody who answers for a water; `phone` is the public line, private numbers are never sent."""

    reach = serializers.CharField(source="reach.code", default="")
    area = serializers.CharField(source="area.name", default="")
    phone = serializers.CharField(source="public_phone")

    class Meta:
        model = Chief
        fields = ["level", "duty", "name", "post", "phone", "reach", "area"]


class NeighbourSerializer(serializers.Serializer):
    """A point up or down the stream, `metres` along the water."""

    id = serializers.IntegerField(source="point.pk")
    code = serializers.CharField(source="point.code")
    name = serializers.CharField(source="point.name")
    metres = serializers.SerializerMethodField()
    url = serializers.CharField(source="point.get_absolute_url")

    def get_fields(self) -> dict[str, serializers.Field]:
        return {**super().get_fields(), "class": serializers.IntegerField(source="point.current_class")}

    def get_metres(self, neighbour: Any) -> int:
        return round(neighbour.metres)


class ReachSerializer(GeoFeatureModelSerializer):
    river = serializers.CharField(source="river.name")
    river_code = serializers.CharField(source="river.code")
    area = serializers.CharField(source="area.name")
    target_class = serializers.IntegerField(source="strictest_target")

    class Meta:
        model = Reach
        geo_field = "geom"
        fields = [
            "id",
            "code",
            "name",
            "river",
            "river_code",
            "area",
            "order",
            "length_m",
            "chief_name",
            "chief_post",
            "chief_phone",
            "target_class",
            "is_schematic",
        ]

    def get_fields(self) -> dict[str, serializers.Field]:
        return {**super().get_fields(), "class": serializers.IntegerField(source="worst_class")}


class ManagementRangeSerializer(GeoFeatureModelSerializer):
    """`metres` landward from the water's edge, the least width that the city's regulation asks for."""

    code = serializers.CharField(source="reach.code")
    name = serializers.CharField(source="reach.name")
    river = serializers.CharField(source="reach.river.name")
    grade = serializers.CharField(source="reach.river.grade")
    area = serializers.CharField(source="reach.area.name")

    class Meta:
        model = ManagementRange
        geo_field = "geom"
        fields = ["id", "code", "name", "river", "grade", "metres", "area"]


class PointSerializer(GeoFeatureModelSerializer):
    """`class` 1-6 as in tiles, 6 inferior V, 0 unrated; `limiting` names the parameters that decide it.

    The class is that of the means of `month`: now that is the newest month with samples. `at_least`: too little was
    measured, and what was makes the water at least so bad. `complete` false with class 0: too little data, `missing`
    and `detection_limit_too_high` say which parameters.
    With `?at=2026-03` class, status, overdue, limiting, exceedance and sampled_at are those of the month.
    `distance_m` is there when `near` was asked for.
    """

    area = serializers.CharField(source="area.name")
    village = serializers.CharField(source="village.name", default="")
    river = serializers.CharField(source="river.name", default="")
    department = serializers.CharField(source="department.name")
    chief = serializers.CharField(source="reach.chief_name", default="")
    status = serializers.ChoiceField(source="status_shown", choices=TABLE.choices())
    overdue = serializers.BooleanField(source="overdue_shown")
    updated = serializers.DateTimeField(source="updated_at")
    limiting = serializers.SerializerMethodField()
    exceedance = serializers.SerializerMethodField()
    sampled_at = serializers.DateTimeField(source="sampled_shown", allow_null=True)
    month = serializers.SerializerMethodField()
    at_least = serializers.BooleanField(source="at_least_shown")
    complete = serializers.BooleanField(source="complete_shown", allow_null=True)
    missing = serializers.ListField(child=serializers.CharField(), source="missing_shown", allow_null=True)
    detection_limit_too_high = serializers.ListField(
        child=serializers.CharField(), source="blind_shown", allow_null=True
    )
    distance_m = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()

    class Meta:
        model = MonitoringPoint
        geo_field = "geom"
        fields = [
            "id",
            "code",
            "name",
            "kind",
            "water",
            "target_class",
            "status",
            "area",
            "village",
            "river",
            "department",
            "chief",
            "listed_on",
            "due_on",
            "delisted_on",
            "overdue",
            "limiting",
            "exceedance",
            "sampled_at",
            "month",
            "at_least",
            "complete",
            "missing",
            "detection_limit_too_high",
            "distance_m",
            "is_schematic",
            "version",
            "updated",
            "url",
        ]

    def get_fields(self) -> dict[str, serializers.Field]:
        return {**super().get_fields(), "class": serializers.IntegerField(source="class_shown")}

    def get_month(self, point: MonitoringPoint) -> str | None:
        month = point.month_shown  # type: ignore[attr-defined]
        return f"{month:%Y-%m}" if month else None

    def get_limiting(self, point: MonitoringPoint) -> list[str]:
        return point.limiting_shown or []  # type: ignore[attr-defined]

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "string"}})
    def get_exceedance(self, point: MonitoringPoint) -> dict[str, str]:
        return point.exceedance_shown or {}  # type: ignore[attr-defined]

    def get_distance_m(self, point: MonitoringPoint) -> int | None:
        distance = getattr(point, "distance", None)
        return None if distance is None else round(distance.m)

    def get_url(self, point: MonitoringPoint) -> str:
        return reverse("river:point", args=[point.code])


class ClassCountSerializer(serializers.Serializer):
    """How many points of one class; `class` 6 inferior V, 0 unrated."""

    count = serializers.IntegerField()

    def get_fields(self) -> dict[str, serializers.Field]:
        return {"class": serializers.IntegerField(), "label": serializers.CharField(), **super().get_fields()}


class StatusCountSerializer(serializers.Serializer):
    """How many points stand in one state of rectification."""

    status = serializers.CharField()
    count = serializers.IntegerField()

    def get_fields(self) -> dict[str, serializers.Field]:
        return {**super().get_fields(), "label": serializers.CharField()}


class UnratedSerializer(serializers.Serializer):
    """Points without a class for one reason, and how many of them each item concerns."""

    reason = serializers.ChoiceField(choices=REASONS)
    points = serializers.IntegerField()
    items = serializers.DictField(child=serializers.IntegerField())


class CoverageSerializer(serializers.Serializer):
    """How many points are rated, how many of these only as "at least", and why the others are not."""

    points = serializers.IntegerField()
    rated = serializers.IntegerField()
    at_least = serializers.IntegerField()
    unrated = UnratedSerializer(many=True)


class PointCountsSerializer(serializers.Serializer):
    """Counts of the points that the filters leave, every class and state named even at zero."""

    total = serializers.IntegerField()
    classes = ClassCountSerializer(many=True)
    statuses = StatusCountSerializer(many=True)
    coverage = CoverageSerializer()


class MonthSerializer(serializers.Serializer):
    """A month of the time slider: how many points were rated, how many of them inferior V."""

    month = serializers.CharField()
    rated = serializers.IntegerField()
    inferior = serializers.IntegerField()


class NewPointSerializer(serializers.Serializer):
    """A point to be entered: WGS 84 degrees, codes of river and department. Town and reach are found from the place."""

    code = serializers.CharField(max_length=30)
    name = serializers.CharField(max_length=80)
    kind = serializers.ChoiceField(choices=MonitoringPoint.Kind.choices)
    water = serializers.ChoiceField(choices=WaterKind.choices, default=WaterKind.RIVER)
    target_class = serializers.IntegerField(default=WaterClass.III.value)
    river: serializers.SlugRelatedField = serializers.SlugRelatedField(
        "code", queryset=River.objects.all(), required=False, allow_null=True
    )
    department: serializers.SlugRelatedField = serializers.SlugRelatedField("code", queryset=Department.objects.all())
    area: serializers.SlugRelatedField = serializers.SlugRelatedField(
        "code",
        queryset=Area.objects.filter(level=Area.Level.TOWN),
        required=False,
        allow_null=True,
        help_text=_("镇街；只在它的范围还没有录入时需要"),
    )
    lng = serializers.FloatField()
    lat = serializers.FloatField()
    confirmed = serializers.BooleanField(default=False, help_text=_("离河较远的位置已经核对"))


class SampleSerializer(serializers.ModelSerializer):
    """`readings` is {parameter code: value as reported, "0.025L" for a non-detect}.

    `party` is the code of the department that handed the sample in, by its account, token or station; it can be
    written only as that, and `source` never as `automatic`. `quality` is questioned, corrected, confirmed, rejected or
    unquestioned; `by_works` and `historic` samples, and those of an unknown party, never count for delisting.
    """

    party = serializers.CharField(source="party.code", default=None, allow_null=True, required=False)
    party_name = serializers.CharField(read_only=True)
    detection_limits = serializers.DictField(child=serializers.CharField(max_length=20), required=False)
    historic = serializers.BooleanField(source="is_historic", read_only=True)
    point = serializers.SlugRelatedField("code", queryset=MonitoringPoint.objects.all())
    readings = serializers.DictField(child=serializers.CharField(allow_blank=True, max_length=20))
    units = serializers.DictField(
        child=serializers.CharField(),
        write_only=True,
        required=False,
        help_text=_('与标准不同的单位，例如 {"hg": "ug/L"}'),
    )
    confirmed = serializers.BooleanField(write_only=True, required=False, help_text=_("少见的数值已经核对"))

    class Meta:
        model = Sample
        fields = [
            "id",
            "point",
            "phenomenon_time",
            "source",
            "party",
            "party_name",
            "laboratory",
            "method",
            "detection_limits",
            "report_number",
            "by_works",
            "historic",
            "quality",
            "readings",
            "units",
            "confirmed",
            "limiting",
            "exceedance",
            "note",
            "flagged",
            "standard",
            "recorded_at",
        ]
        read_only_fields = [
            "by_works",
            "quality",
            "limiting",
            "exceedance",
            "note",
            "flagged",
            "standard",
            "recorded_at",
        ]
        # The service refuses a second sample of the same time with a sentence of its own.
        validators: list[Any] = []

    def get_fields(self) -> dict[str, serializers.Field]:
        rated = serializers.IntegerField(source="water_class", read_only=True)
        return {**super().get_fields(), "class": rated}


class SampleRowSerializer(serializers.Serializer):
    """What became of one sample of a list; `errors` are as in a problem body."""

    row = serializers.IntegerField(help_text=_("在列表里的序号，从 0 起"))
    outcome = serializers.ChoiceField(choices=["stored", "duplicate", "review", "refused"])
    id = serializers.IntegerField(required=False)
    note = serializers.CharField(required=False)
    quality = serializers.CharField(required=False, help_text=_("questioned：远离该点位历史范围，已收下并标为存疑"))
    # The base class has a property of that name, which is asked of serializers with input alone; this one only answers.
    errors = serializers.ListField(child=serializers.DictField(), required=False)  # type: ignore[assignment]

    def get_fields(self) -> dict[str, serializers.Field]:
        return {**super().get_fields(), "class": serializers.IntegerField(required=False)}


class SampleReportSerializer(serializers.Serializer):
    """What became of a list of samples."""

    stored = serializers.IntegerField()
    duplicate = serializers.IntegerField()
    review = serializers.IntegerField(help_text=_("数值少见，核对后加 confirmed 再提交"))
    refused = serializers.IntegerField()
    rows = SampleRowSerializer(many=True)


class SeriesValueSerializer(serializers.Serializer):
    """One value on a trend; `value` is the detection limit when `below_limit`."""

    t = serializers.DateTimeField()
    value = serializers.FloatField()
    below_limit = serializers.BooleanField()

    def get_fields(self) -> dict[str, serializers.Field]:
        return {**super().get_fields(), "class": serializers.IntegerField()}


class ParameterNameSerializer(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()


class RankTrendSerializer(serializers.Serializer):
    """Spearman's rank correlation (Daniel) of monthly means, against the one-sided critical value at 0.05."""

    direction = serializers.ChoiceField(choices=["rising", "falling", "none", "too-few"])
    count = serializers.IntegerField()
    coefficient = serializers.FloatField(allow_null=True)
    critical = serializers.FloatField(allow_null=True)
    sentence = serializers.CharField()
    numbers = serializers.CharField()


class TrendSerializer(serializers.Serializer):
    """One parameter through time, with the limits of classes I to V (`direction` min: the value must reach them)."""

    parameter = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField()
    direction = serializers.ChoiceField(choices=["max", "min", "range"])
    series = SeriesValueSerializer(many=True)
    limits = serializers.DictField(child=serializers.FloatField())
    bounds = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    target_class = serializers.IntegerField()
    available = ParameterNameSerializer(many=True)
    rank = RankTrendSerializer()
