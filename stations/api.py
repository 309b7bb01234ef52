"""REST of stations, deputies and reception days, from the same querysets as pages and tiles."""

from django.db.models import Prefetch, QuerySet
from rest_framework import viewsets

from accounts.pagination import Pages
from stations import permissions
from stations.filters import DeputyFilter, ReceptionFilter, StationFilter
from stations.models import Deputy, Reception, Station
from stations.serializers import DeputySerializer, ReceptionSerializer, StationSerializer


class StationViewSet(viewsets.ReadOnlyModelViewSet):
    """Liaison stations (代表联络站)."""

    queryset = Station.objects.none()
    serializer_class = StationSerializer
    filterset_class = StationFilter

    def get_queryset(self) -> QuerySet[Station]:
        return permissions.stations_visible_to(self.request.user).select_related("area")


class DeputyViewSet(viewsets.ReadOnlyModelViewSet):
    """Deputies in office, with what the law lets be public."""

    queryset = Deputy.objects.none()
    serializer_class = DeputySerializer
    filterset_class = DeputyFilter
    pagination_class = Pages

    def get_queryset(self) -> QuerySet[Deputy]:
        return permissions.deputies_visible_to(self.request.user).select_related("station")


class ReceptionViewSet(viewsets.ReadOnlyModelViewSet):
    """Reception days: announced, and with what came of those that were held."""

    queryset = Reception.objects.none()
    serializer_class = ReceptionSerializer
    filterset_class = ReceptionFilter
    pagination_class = Pages

    def get_queryset(self) -> QuerySet[Reception]:
        user = self.request.user
        in_office = Prefetch("deputies", permissions.deputies_visible_to(user))
        return permissions.receptions_visible_to(user).select_related("station").prefetch_related(in_office)


ROUTES = [
    ("stations", StationViewSet, "station"),
    ("deputies", DeputyViewSet, "deputy"),
    ("receptions", ReceptionViewSet, "reception"),
]
