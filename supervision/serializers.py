"""JSON of supervision. What has a place is GeoJSON, WGS 84 longitude and latitude."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from supervision.models import Finding, FindingPhoto, Suggestion, SuggestionEvent
from supervision.permissions import may_see_names
from supervision.timeline import timeline


class PhotoSerializer(serializers.ModelSerializer):
    url = serializers.SerializerMethodField()

    class Meta:
        model = FindingPhoto
        fields = ["id", "url", "width", "height", "taken_at"]

    def get_url(self, photo: FindingPhoto) -> str:
        return reverse("supervision:photo", args=[photo.pk])


class FindingSerializer(GeoFeatureModelSerializer):
    """A finding; `reporter` is empty for whoever may not know it.

    Whoever may read only the public version (`in_full` is false) gets the words and photos that staff have published,
    and neither number, address nor time of the report.
    """

    client_id = serializers.UUIDField(allow_null=True)
    seen_at = serializers.DateTimeField(allow_null=True)
    area = serializers.CharField(source="area.name", default="")
    point = serializers.CharField(source="point.code", default=None)
    project = serializers.CharField(source="project.code", default=None)
    state = serializers.CharField(source="suggestion.state")
    suggestion = serializers.CharField(source="suggestion.number")
    created = serializers.DateTimeField(source="created_at")
    reporter = serializers.SerializerMethodField()
    photos = PhotoSerializer(many=True)
    url = serializers.SerializerMethodField()

    class Meta:
        model = Finding
        geo_field = "geom"
        fields = [
            "id",
            "client_id",
            "category",
            "text",
            "address",
            "area",
            "point",
            "project",
            "state",
            "suggestion",
            "reporter",
            "photos",
            "seen_at",
            "created",
            "url",
        ]

    def to_representation(self, instance: Finding) -> dict[str, Any]:
        feature: dict[str, Any] = super().to_representation(instance)
        if not getattr(instance, "in_full", True):
            feature["properties"] |= _public_version(instance)
        return feature

    def get_reporter(self, finding: Finding) -> str:
        named = finding.reporter and may_see_names(self.context["request"].user, finding)
        return str(finding.reporter) if named else ""

    def get_url(self, finding: Finding) -> str:
        return reverse("supervision:finding", args=[finding.pk])


def _public_version(finding: Finding) -> dict[str, Any]:
    covered = [photo for photo in finding.photos.all() if getattr(photo, "published", None)]
    photos = [
        {
            "id": photo.pk,
            "url": reverse("matters:photo", args=[photo.published.pk]),
            "width": photo.published.file.width,
            "height": photo.published.file.height,
            "taken_at": None,
        }
        for photo in covered
    ]
    return {
        "client_id": None,
        "text": finding.suggestion.public_text,
        "address": "",
        "reporter": "",
        "photos": photos,
        "seen_at": None,
        "url": reverse("matters:matter", args=[finding.suggestion.number]),
    }


class NewFindingSerializer(serializers.Serializer):
    """What a client sends. `client_id` is made once by the client, so that it may send again until it hears back."""

    client_id = serializers.UUIDField()
    text = serializers.CharField(allow_blank=True)
    category = serializers.CharField()
    lng = serializers.FloatField(help_text="WGS 84")
    lat = serializers.FloatField(help_text="WGS 84")
    point = serializers.CharField(required=False, allow_blank=True, default="")
    project = serializers.CharField(required=False, allow_blank=True, default="")
    address = serializers.CharField(required=False, allow_blank=True, default="")
    seen_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    photos = serializers.ListField(child=serializers.FileField(), required=False, default=list)


class EventSerializer(serializers.ModelSerializer):
    who = serializers.SerializerMethodField()
    department = serializers.CharField(source="department.name", default=None)

    class Meta:
        model = SuggestionEvent
        fields = ["verb", "at", "who", "department", "text", "result", "handling", "outcome", "due_on"]

    def get_who(self, event: SuggestionEvent) -> str:
        return self.context["who"].get(event.pk, "")


class SuggestionSerializer(serializers.ModelSerializer):
    """A suggestion; `author` is empty for whoever may not know it."""

    department = serializers.CharField(source="department.code", default=None)
    overdue = serializers.BooleanField(source="is_overdue")
    author = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()

    class Meta:
        model = Suggestion
        fields = [
            "id",
            "number",
            "finding",
            "title",
            "text",
            "category",
            "state",
            "department",
            "result",
            "submitted_at",
            "due_on",
            "overdue",
            "closed_at",
            "redo_count",
            "version",
            "author",
            "url",
        ]

    def get_author(self, suggestion: Suggestion) -> str:
        return str(suggestion.author) if may_see_names(self.context["request"].user, suggestion) else ""

    def get_url(self, suggestion: Suggestion) -> str:
        return reverse("supervision:suggestion", args=[suggestion.number])


class SuggestionDetailSerializer(SuggestionSerializer):
    """A suggestion with its whole timeline."""

    events = serializers.SerializerMethodField()

    class Meta(SuggestionSerializer.Meta):
        fields = [*SuggestionSerializer.Meta.fields, "events"]

    @extend_schema_field(EventSerializer(many=True))
    def get_events(self, suggestion: Suggestion) -> list[dict[str, Any]]:
        entries = timeline(suggestion, self.context["request"].user)
        context = {"who": {entry.event.pk: entry.who for entry in entries}}
        return list(EventSerializer([entry.event for entry in entries], many=True, context=context).data)
