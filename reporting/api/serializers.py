"""Values of indicators as JSON, as they come in and go out."""

from typing import Any

from rest_framework import serializers

from reporting.indicators import periods
from reporting.indicators.models import Indicator
from reporting.observations.models import Observation


class IndicatorSerializer(serializers.ModelSerializer):
    """The definition of an indicator."""

    department: "serializers.SlugRelatedField[Any]" = serializers.SlugRelatedField(slug_field="code", read_only=True)

    class Meta:
        model = Indicator
        fields = (
            "code", "title", "about", "unit", "direction", "department", "period_kind", "level", "total", "decimals",
            "minimum", "source", "way", "formula", "due_days", "is_invented",
        )  # fmt: skip


class ObservationSerializer(serializers.ModelSerializer):
    """A value as it counts now."""

    indicator: "serializers.SlugRelatedField[Any]" = serializers.SlugRelatedField(slug_field="code", read_only=True)
    area: "serializers.SlugRelatedField[Any]" = serializers.SlugRelatedField(slug_field="code", read_only=True)
    period = serializers.SerializerMethodField()

    class Meta:
        model = Observation
        fields = ("id", "indicator", "area", "period", "value", "plan", "whole", "said_at", "reason")

    def get_period(self, row: Observation) -> str:
        return periods.text_of(row.indicator.period_kind, row.period)


class GivenValueSerializer(serializers.Serializer):
    """One value to be recorded; `reason` is needed where another value stands already."""

    indicator = serializers.CharField(max_length=40)
    area = serializers.CharField(max_length=12)
    period = serializers.CharField(max_length=20)
    value = serializers.DecimalField(max_digits=20, decimal_places=6, allow_null=True, required=False)
    plan = serializers.DecimalField(max_digits=20, decimal_places=6, allow_null=True, required=False)
    whole = serializers.IntegerField(min_value=0, max_value=2**31 - 1, allow_null=True, required=False)
    reason = serializers.CharField(max_length=200, allow_blank=True, required=False)
    confirmed = serializers.BooleanField(required=False)


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
