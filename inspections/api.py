"""REST of patrols: for the phone's recorder, and for other programs of the same person."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from inspections.patrols import queries, services
from inspections.patrols.filters import PatrolFilter
from inspections.patrols.models import Capacity, Patrol
from inspections.patrols.permissions import patrols_visible_to
from ui.api.times import TimeField
from ui.pagination import Pages


class PatrolSerializer(serializers.ModelSerializer):
    """A patrol without its track; lengths in metres, times with zone."""

    user = serializers.CharField(source="user.__str__")
    river = serializers.CharField(source="river.code", default=None, allow_null=True)
    area = serializers.CharField(source="area.code", default=None, allow_null=True)
    points = serializers.IntegerField(source="fix_count")
    found = serializers.IntegerField(source="found_count")
    url = serializers.CharField(source="get_absolute_url")

    class Meta:
        model = Patrol
        fields = [
            "id", "client_id", "user", "capacity", "river", "area", "started_at", "ended_at", "length_m", "recorded_s",
            "faults", "points", "found", "url",
        ]  # fmt: skip


class StartSerializer(serializers.Serializer):
    client_id = serializers.UUIDField()
    capacity = serializers.ChoiceField(choices=Capacity.choices, default=Capacity.DEPUTY)
    river = serializers.CharField(required=False, allow_blank=True, default="", max_length=30)
    began_at = TimeField(
        required=False, help_text="When it began, for one that was begun without signal; at most 48 hours ago."
    )


class FixSerializer(serializers.Serializer):
    """One position: `n` counts from 0, `t` has a zone, degrees are WGS 84, accuracy in metres."""

    n = serializers.IntegerField(min_value=0)
    t = TimeField()
    lng = serializers.FloatField()
    lat = serializers.FloatField()
    accuracy = serializers.FloatField(required=False, allow_null=True, min_value=0)


class BatchSerializer(serializers.Serializer):
    client_id = serializers.UUIDField()
    points = serializers.ListField(child=FixSerializer())


class BatchHeadSerializer(serializers.Serializer):
    """What is read of a batch here; its points are read by `intake`, which names each broken row."""

    client_id = serializers.UUIDField()


class KeptSerializer(serializers.Serializer):
    points = serializers.IntegerField(help_text="How many positions the patrol has now.")


class StopSerializer(serializers.Serializer):
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=1000)
    ended_at = TimeField(required=False, help_text="When it ended, for one that ended without signal.")


class PatrolViewSet(viewsets.ReadOnlyModelViewSet):
    """Patrols whose track the caller may see: her own; for the congress staff everybody's.

    A patrol is named by its `id`, or by the `client_id` that the phone gave it.
    """

    queryset = Patrol.objects.none()
    serializer_class = PatrolSerializer
    filterset_class = PatrolFilter
    pagination_class = Pages
    permission_classes = [IsAuthenticated]

    def get_queryset(self) -> QuerySet[Patrol]:
        return queries.for_lists(patrols_visible_to(self.request.user), self.request.user)

    def get_object(self) -> Patrol:
        by_number = str(self.kwargs["pk"])
        if by_number.isdecimal():
            return super().get_object()
        try:
            return get_object_or_404(self.get_queryset(), client_id=UUID(by_number))
        except ValueError:
            raise Http404 from None

    @extend_schema(request=StartSerializer, responses={201: PatrolSerializer, 200: PatrolSerializer})
    def create(self, request: Request) -> Response:
        """Begin a patrol. Sent again with the same `client_id` it answers 200 with the one already begun."""
        words = _read(StartSerializer, request)
        known = Patrol.objects.filter(client_id=words["client_id"]).exists()
        patrol = services.start(request.user, river_code=words.pop("river"), **words)
        return self._answer(patrol, status.HTTP_200_OK if known else status.HTTP_201_CREATED)

    @extend_schema(request=BatchSerializer, responses=KeptSerializer)
    @action(detail=True, methods=["post"])
    def track(self, request: Request, pk: str = "") -> Response:
        """Keep one batch of positions, at most 500; the same `client_id` again changes nothing."""
        patrol = self.get_object()
        batch = _read(BatchHeadSerializer, request)["client_id"]
        points = request.data.get("points") if isinstance(request.data, dict) else None
        kept = services.add_track(request.user, patrol.pk, batch_id=batch, rows=points)
        return Response({"points": kept})

    @extend_schema(request=StopSerializer, responses=PatrolSerializer)
    @action(detail=True, methods=["post"])
    def stop(self, request: Request, pk: str = "") -> Response:
        """End the patrol and measure it; ending it again changes nothing."""
        patrol = services.stop(request.user, self.get_object().pk, **_read(StopSerializer, request))
        return self._answer(patrol, status.HTTP_200_OK)

    def _answer(self, patrol: Patrol, code: int) -> Response:
        return Response(self.get_serializer(self.get_queryset().get(pk=patrol.pk)).data, status=code)


def _read(serializer_class: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    serializer = serializer_class(data=request.data)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


ROUTES = [("patrols", PatrolViewSet, "patrol")]
