"""The appraisal (考核) as JSON: the same figures as the page."""

from typing import Any

from rest_framework import serializers

from river_monitoring.api.serializers import CoverageSerializer
from river_monitoring.standard.city_index import CityIndex
from river_monitoring.statistics.appraisal import Appraisal, AppraisalRow, Judged


class JudgedSerializer(serializers.Serializer):
    """How many points meet their target, of how many it can be told, and why it cannot be told of the others."""

    met = serializers.IntegerField()
    judged = serializers.IntegerField()
    coverage = CoverageSerializer()


class IndexSerializer(serializers.Serializer):
    """The city water quality index with what each item adds; `missing` items were measured at no section."""

    value = serializers.DecimalField(max_digits=20, decimal_places=None)
    items = serializers.DictField(child=serializers.DecimalField(max_digits=20, decimal_places=None))
    missing = serializers.ListField(child=serializers.CharField())
    sections = serializers.IntegerField()


class AppraisalRowSerializer(serializers.Serializer):
    """A town, river or department; without code and name the whole. `change` is that of the index, percent."""

    code = serializers.CharField(allow_blank=True)
    name = serializers.CharField(allow_blank=True)
    rank = serializers.IntegerField(allow_null=True)
    month = JudgedSerializer()
    to_date = JudgedSerializer()
    year_before = JudgedSerializer()
    index_month = IndexSerializer(allow_null=True)
    index_to_date = IndexSerializer(allow_null=True)
    index_year_before = IndexSerializer(allow_null=True)
    change = serializers.DecimalField(max_digits=20, decimal_places=None, allow_null=True)


class AppraisalSerializer(serializers.Serializer):
    """All groups of a month; groups with fewer judged points than `least` have no rank."""

    month = serializers.CharField()
    by = serializers.CharField()
    items = serializers.CharField()
    least = serializers.IntegerField()
    rules_version = serializers.IntegerField(help_text="of the district's rules that the places were given by")
    rows = AppraisalRowSerializer(many=True)
    total = AppraisalRowSerializer()


def as_data(found: Appraisal) -> dict[str, Any]:
    """What `AppraisalSerializer` describes."""
    return {
        "month": str(found.month),
        "by": found.by,
        "items": found.scheme,
        "least": found.least,
        "rules_version": found.basis["version"],
        "rows": [_row(row) for row in found.rows],
        "total": _row(found.total),
    }


def _row(row: AppraisalRow) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": row.name,
        "rank": row.rank,
        "month": _judged(row.month),
        "to_date": _judged(row.to_date),
        "year_before": _judged(row.year_before),
        "index_month": _index(row.index_month),
        "index_to_date": _index(row.index_to_date),
        "index_year_before": _index(row.index_year_before),
        "change": row.change if row.change is None else str(row.change),
    }


def _judged(found: Judged) -> dict[str, Any]:
    return {"met": found.met, "judged": found.of, "coverage": found.coverage.as_data()}


def _index(found: CityIndex | None) -> dict[str, Any] | None:
    if found is None:
        return None
    parts = {code: f"{part:f}" for code, part in found.parts.items()}
    return {"value": f"{found.value:f}", "items": parts, "missing": list(found.missing), "sections": found.sections}
