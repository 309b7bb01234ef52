"""Papers as the API gives them: text and answers in full where they are public, names of deputies, no other names."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from papers.handling.permissions import answers_visible_to
from papers.register.models import Paper, PaperPlace


class PaperSerializer(serializers.ModelSerializer):
    """A paper in a list."""

    congress = serializers.CharField(source="congress.__str__", read_only=True)
    lead = serializers.SerializerMethodField()
    places = serializers.SerializerMethodField()
    handlers = serializers.SerializerMethodField()

    class Meta:
        model = Paper
        fields = [
            "id", "number", "kind", "title", "category", "congress", "state", "is_key", "submitted_at", "lead",
            "places", "handlers",
        ]  # fmt: skip

    @extend_schema_field(OpenApiTypes.STR)
    def get_lead(self, paper: Paper) -> str:
        return next((str(one) for one in getattr(paper, "leads", [])), "")

    @extend_schema_field({"type": "array", "items": {"type": "object"}})
    def get_places(self, paper: Paper) -> list[dict[str, Any]]:
        return [
            {
                "kind": one.kind,
                "name": one.name_shown,
                "area": one.area.name if one.area else "",
                "geometry": one.geom.json,
            }
            for one in getattr(paper, "shown_places", [])
        ]

    @extend_schema_field({"type": "array", "items": {"type": "object"}})
    def get_handlers(self, paper: Paper) -> list[dict[str, Any]]:
        return [
            {
                "department": one.department.name,
                "role": one.role,
                "state": one.state,
                "result": one.result,
                "due_on": one.due_on,
                "answered_on": one.answered_on,
            }
            for one in paper.handlings.all()
            if one.returned_on is None
        ]


class PaperDetailSerializer(PaperSerializer):
    """A paper with its text and its answers."""

    answers = serializers.SerializerMethodField()

    class Meta(PaperSerializer.Meta):
        fields = [*PaperSerializer.Meta.fields, "facts", "analysis", "request", "answers"]

    @extend_schema_field({"type": "array", "items": {"type": "object"}})
    def get_answers(self, paper: Paper) -> list[dict[str, Any]]:
        visible = answers_visible_to(self.context["request"].user).filter(handling__paper=paper, scan__isnull=False)
        return [
            {
                "department": one.handling.department.name,
                "number": one.number,
                "result": one.result,
                "signed_on": one.signed_on,
                "text": one.text,
                "check_code": one.check_code,
                "scan_sha256": one.scan.sha256,
            }
            for one in visible.select_related("handling__department", "scan").order_by("pk")
        ]


class PaperPlaceSerializer(GeoFeatureModelSerializer):
    """Where a paper is about, as GeoJSON; what its tile says too."""

    paper: serializers.Field = serializers.IntegerField(source="paper_id", read_only=True)
    name = serializers.CharField(source="name_shown", read_only=True)
    number = serializers.CharField(source="paper.number", read_only=True)
    title = serializers.CharField(source="paper.title", read_only=True)
    kind = serializers.CharField(source="paper.kind", read_only=True)
    state = serializers.CharField(source="paper.state", read_only=True)
    area = serializers.CharField(source="area.name", read_only=True, default=None, allow_null=True)

    class Meta:
        model = PaperPlace
        geo_field = "geom"
        fields = ["id", "paper", "number", "title", "name", "kind", "state", "area"]
