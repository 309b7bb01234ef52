"""Values of indicators as JSON, as they come in and go out."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from reporting.indicators import periods
from reporting.indicators.models import Indicator
from reporting.indicators.permissions import may_report_values
from reporting.observations.features import readable
from reporting.observations.models import Observation
from reporting.observations.series import is_enough


class IndicatorSerializer(serializers.ModelSerializer):
    """The definition of an indicator."""

    department: "serializers.SlugRelatedField[Any]" = serializers.SlugRelatedField(
        slug_field="code", read_only=True, allow_null=True
    )

    layer: "serializers.SlugRelatedField[Any]" = serializers.SlugRelatedField(
        slug_field="slug", read_only=True, allow_null=True
    )

    class Meta:
        model = Indicator
        fields = (
            "code", "title", "about", "unit", "direction", "department", "period_kind", "level", "layer", "total",
            "decimals", "minimum", "source", "way", "formula", "due_days", "is_invented",
        )  # fmt: skip


class ObservationSerializer(serializers.ModelSerializer):
    """A value as it counts now. `area` is null where it is of a point or feature; `place` is the code of either, null
    where the key of a feature was not published. `value` is null for readers where `whole` is below the indicator's
    `minimum`; who reports the indicator has it."""

    indicator: "serializers.SlugRelatedField[Any]" = serializers.SlugRelatedField(slug_field="code", read_only=True)
    area: "serializers.SlugRelatedField[Any]" = serializers.SlugRelatedField(
        slug_field="code", read_only=True, allow_null=True
    )
    place = serializers.SerializerMethodField()
    period = serializers.SerializerMethodField()

    class Meta:
        model = Observation
        fields = ("id", "indicator", "area", "place", "period", "value", "plan", "whole", "said_at", "reason")

    def get_place(self, row: Observation) -> str | None:
        if row.area is not None or row.feature is None or row.indicator.layer is None:
            return row.place.code
        context: dict[str, Any] = self.context  # type: ignore[assignment]
        layers: dict[int, bool] = context.setdefault("keys_read", {})
        layer = row.indicator.layer
        if layer.pk not in layers:
            layers[layer.pk] = readable(self.context["request"].user, layer)[1]
        return row.feature.code if layers[layer.pk] else None

    def to_representation(self, instance: Observation) -> Any:
        found = super().to_representation(instance)
        user = self.context["request"].user
        if not is_enough(instance.indicator, instance.whole) and not may_report_values(user, instance.indicator):
            found["value"] = None
        return found

    def get_period(self, row: Observation) -> str:
        return periods.text_of(row.indicator.period_kind, row.period)


class GivenValueSerializer(serializers.Serializer):
    """One value to be recorded; `reason` is needed where another value stands already."""

    indicator = serializers.CharField(max_length=40)
    area = serializers.CharField(max_length=12, required=False, help_text="Code of the area.")
    place = serializers.CharField(
        max_length=120, required=False, help_text="Code of the monitoring point, or key of the feature, instead."
    )
    period = serializers.CharField(max_length=20)
    value = serializers.DecimalField(max_digits=20, decimal_places=6, allow_null=True, required=False)
    plan = serializers.DecimalField(max_digits=20, decimal_places=6, allow_null=True, required=False)
    whole = serializers.IntegerField(min_value=0, max_value=2**31 - 1, allow_null=True, required=False)
    reason = serializers.CharField(max_length=200, allow_blank=True, required=False)
    confirmed = serializers.BooleanField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs.get("area") and not attrs.get("place"):
            raise serializers.ValidationError({"area": _("请写区域、点位或要素的编码。")}, code="required")
        return attrs


class RowErrorSerializer(serializers.Serializer):
    """What is wrong with one field of a row."""

    field = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class ValueRowSerializer(serializers.Serializer):
    """What became of one row."""

    row = serializers.IntegerField()
    outcome = serializers.ChoiceField(["stored", "changed", "same", "refused"])
    errors = RowErrorSerializer(many=True, required=False)  # type: ignore[assignment]


class ValueReportSerializer(serializers.Serializer):
    """What became of all rows."""

    stored = serializers.IntegerField()
    changed = serializers.IntegerField()
    same = serializers.IntegerField()
    refused = serializers.IntegerField()
    rows = ValueRowSerializer(many=True)
