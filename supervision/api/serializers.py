"""JSON of supervision. What has a place is GeoJSON, WGS 84 longitude and latitude."""

import json
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from accounts.models import Department
from supervision.api.steps import STEPS, step_verbs
from supervision.desk.things import unnamed
from supervision.desk.timeline import sentence, timeline
from supervision.findings.arrivals import arrivals_of
from supervision.findings.models import Finding, FindingPhoto
from supervision.findings.places import PUBLIC_PLACES, to_places
from supervision.matters.models import CoHandling, EventFile, Suggestion, SuggestionEvent
from supervision.matters.permissions import may_see_names
from ui.api.times import TimeField
from ui.attachments import MOST
from ui.pictures.covering import public_size

LONGEST_UPLOAD = 2000
"""Characters of the ticket of a kept file."""


class PhotoSerializer(serializers.ModelSerializer):
    url = serializers.SerializerMethodField()

    class Meta:
        model = FindingPhoto
        fields = ["id", "url", "width", "height", "taken_at"]

    def get_url(self, photo: FindingPhoto) -> str:
        return reverse("supervision:photo", args=[photo.pk])


class FindingSerializer(GeoFeatureModelSerializer):
    """A finding; `reporter` is empty for whoever may not know it. Who sees parts of its matter alone is told of these.

    Whoever may read only the public version (`in_full` is false) gets the words and photos that staff have published,
    and neither number, address nor time of the report: its day, and its place to ten metres.
    """

    client_id = serializers.UUIDField(allow_null=True)
    seen_at = serializers.DateTimeField(allow_null=True)
    area = serializers.CharField(source="area.name", default="")
    point = serializers.CharField(source="point.code", default=None, allow_null=True)
    project = serializers.CharField(source="project.code", default=None, allow_null=True)
    state = serializers.CharField(source="matter.state")
    suggestion = serializers.CharField(source="matter.number")
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
        if not instance.in_full:  # type: ignore[attr-defined]  # told by the view
            feature["properties"] |= _public_version(instance)
            feature["geometry"] = json.loads(to_places(instance.geom, PUBLIC_PLACES).json)
        if not instance.names_project:  # type: ignore[attr-defined]  # told by the view
            feature["properties"]["project"] = None
        return feature

    def get_reporter(self, finding: Finding) -> str:
        named = finding.reporter and may_see_names(self.context["request"].user, finding)
        return str(finding.reporter) if named else ""

    def get_url(self, finding: Finding) -> str:
        return reverse("supervision:finding", args=[finding.pk])


def _public_version(finding: Finding) -> dict[str, Any]:
    covered = [photo for photo in finding.photos.all() if getattr(photo, "published", None)]
    photos = [
        {"id": photo.pk, "url": reverse("matters:photo", args=[photo.published.pk]), "taken_at": None}
        | dict(zip(("width", "height"), public_size(photo.width, photo.height), strict=True))
        for photo in covered
    ]
    return {
        "client_id": None,
        "text": finding.suggestion.public_text,
        "address": "",
        "reporter": "",
        "photos": photos,
        "seen_at": None,
        "created": _midnight(finding.created_at),
        "url": reverse("matters:matter", args=[finding.suggestion.number]),
    }


def _midnight(moment: datetime) -> str:
    """The day of a moment, as the moment at which it began."""
    return timezone.localtime(moment).replace(hour=0, minute=0, second=0, microsecond=0).isoformat()


@extend_schema_field({"type": "string", "format": "binary"})
class SentFileField(serializers.FileField):
    """A file that is sent along with a form."""


class FindingWordsSerializer(serializers.Serializer):
    """What a client sends. `client_id` is made once by the client, so that it may send again until it hears back."""

    client_id = serializers.UUIDField()
    text = serializers.CharField(allow_blank=True)
    category = serializers.CharField()
    kind = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        help_text="Code of a kind of problem; it brings its category along",
    )
    lng = serializers.FloatField(help_text="WGS 84")
    lat = serializers.FloatField(help_text="WGS 84")
    point = serializers.CharField(required=False, allow_blank=True, default="")
    project = serializers.CharField(required=False, allow_blank=True, default="")
    address = serializers.CharField(required=False, allow_blank=True, default="")
    seen_at = TimeField(required=False, allow_null=True, default=None)
    photo_sha256 = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=1000,
        help_text="SHA-256 of each photo as 64 hexadecimal digits, divided by blanks. A photo that is named here and "
        "is missing is named in the answer, and added when the finding is sent again.",
    )


class NewFindingSerializer(FindingWordsSerializer):
    """The same with its photos, as multipart."""

    photos = serializers.ListField(child=SentFileField(), required=False, default=list)


class ArrivalsSerializer(serializers.Serializer):
    """The photos of a finding by the SHA-256 of their bytes as sent: those that are here, those that are missing."""

    arrived = serializers.ListField(child=serializers.CharField())
    missing = serializers.ListField(child=serializers.CharField())


class FiledFindingSerializer(FindingSerializer):
    """A finding as it is answered to whoever files it, with `sent_photos`."""

    sent_photos = serializers.SerializerMethodField()

    class Meta(FindingSerializer.Meta):
        fields = [*FindingSerializer.Meta.fields, "sent_photos"]

    @extend_schema_field(ArrivalsSerializer)
    def get_sent_photos(self, finding: Finding) -> dict[str, list[str]]:
        return arrivals_of(finding).as_dict()


class EventFileSerializer(serializers.ModelSerializer):
    """A file that was handed in with a step; `url` gives it to whoever may see the matter."""

    url = serializers.SerializerMethodField()

    class Meta:
        model = EventFile
        fields = ["name", "sha256", "url"]

    def get_url(self, file: EventFile) -> str:
        return reverse("supervision:step_file", args=[file.pk])


class EventSerializer(serializers.ModelSerializer):
    """One step; `title` says it in a sentence, with `who` as the caller may know her. `other` is a matter's number."""

    who = serializers.SerializerMethodField()
    title = serializers.SerializerMethodField()
    text = serializers.SerializerMethodField()
    department = serializers.CharField(source="department.name", default=None, allow_null=True)
    other = serializers.CharField(source="other.number", default=None, allow_null=True)
    files = EventFileSerializer(many=True)

    class Meta:
        model = SuggestionEvent
        fields = [
            "verb", "at", "title", "who", "department", "other", "text", "result", "handling", "outcome", "due_on",
            "planned_on", "clock", "files",
        ]  # fmt: skip

    def get_who(self, event: SuggestionEvent) -> str:
        return self.context["who"].get(event.pk, "")

    def get_text(self, event: SuggestionEvent) -> str:
        return "" if event.pk in self.context["unnamed"] else event.text

    def get_title(self, event: SuggestionEvent) -> str:
        return sentence(event, self.get_who(event))


class CoHandlingSerializer(serializers.ModelSerializer):
    department = serializers.CharField(source="department.code")

    class Meta:
        model = CoHandling
        fields = ["department", "due_on", "answered_at", "opinion"]


class SuggestionSerializer(serializers.ModelSerializer):
    """A suggestion; `author` is empty for whoever may not know it."""

    department = serializers.CharField(source="department.code", default=None, allow_null=True)
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
            "notice_due_on",
            "returnable_until",
            "due_on",
            "overdue",
            "planned_on",
            "paused_on",
            "closed_at",
            "redo_count",
            "is_public",
            "version",
            "author",
            "url",
        ]

    def get_author(self, suggestion: Suggestion) -> str:
        may_know = suggestion.author and may_see_names(self.context["request"].user, suggestion)
        return str(suggestion.author) if may_know else ""

    def get_url(self, suggestion: Suggestion) -> str:
        return reverse("supervision:suggestion", args=[suggestion.number])


class SuggestionDetailSerializer(SuggestionSerializer):
    """A suggestion with its whole timeline, its co-handlers, and what the caller may do now."""

    events = serializers.SerializerMethodField()
    co_handlings = CoHandlingSerializer(many=True)
    merged_into = serializers.CharField(source="merged_into.number", default=None, allow_null=True)
    split_from = serializers.CharField(source="split_from.number", default=None, allow_null=True)
    steps = serializers.SerializerMethodField(help_text="Verbs of POST …/steps/ that the caller may send now.")

    class Meta(SuggestionSerializer.Meta):
        fields = [
            *SuggestionSerializer.Meta.fields, "merged_into", "split_from", "co_handlings", "steps", "events",
        ]  # fmt: skip

    def get_steps(self, suggestion: Suggestion) -> list[str]:
        return [str(verb) for verb in step_verbs(self.context["request"].user, suggestion)]

    @extend_schema_field(EventSerializer(many=True))
    def get_events(self, suggestion: Suggestion) -> list[dict[str, Any]]:
        reader = self.context["request"].user
        entries = timeline(suggestion, reader)
        events = [entry.event for entry in entries]
        context = {"who": {entry.event.pk: entry.who for entry in entries}, "unnamed": unnamed(events, reader)}
        return list(EventSerializer(events, many=True, context=context).data)


class NewStepFileSerializer(serializers.Serializer):
    """One file as multipart: PDF, OFD, DOCX, XLSX, JPG or PNG, 20 MB at most."""

    file = SentFileField()


class StepFileSerializer(serializers.Serializer):
    """A file that waits for its step: `upload` names it there, for who sent it, for this matter and for `hours`."""

    upload = serializers.CharField()
    name = serializers.CharField()
    sha256 = serializers.CharField()
    hours = serializers.IntegerField()


class StepSerializer(serializers.Serializer):
    """A step of a matter. `version` is the one that was read: a step on an older one is refused with 409."""

    verb = serializers.ChoiceField(choices=[str(verb) for verb in STEPS])
    version = serializers.IntegerField(min_value=1)
    text = serializers.CharField(required=False, allow_blank=True, default="", max_length=5000)
    department = serializers.SlugRelatedField(
        slug_field="code",
        queryset=Department.objects.all(),
        required=False,
        allow_null=True,
        default=None,
        help_text="assign, forward, ask_forward, hand_on, ask_co",
    )
    result = serializers.ChoiceField(
        choices=Suggestion.Result.choices, required=False, allow_blank=True, default="", help_text="reply"
    )
    planned_on = serializers.DateField(required=False, allow_null=True, default=None, help_text="reply, result B")
    until = serializers.DateField(required=False, allow_null=True, default=None, help_text="ask_extension, extend")
    files = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_UPLOAD),
        required=False,
        default=list,
        max_length=MOST,
        help_text="`upload` of each file that was sent to `files/` of this matter before; not for every step",
    )
    handling = serializers.ChoiceField(
        choices=SuggestionEvent.Satisfaction.choices, required=False, allow_blank=True, default="", help_text="rate"
    )
    outcome = serializers.ChoiceField(
        choices=SuggestionEvent.Satisfaction.choices, required=False, allow_blank=True, default="", help_text="rate"
    )
