"""REST of stations, deputies and reception days, from the same querysets as pages and tiles."""

from django.db.models import QuerySet
from rest_framework import viewsets

from accounts.pagination import Pages
from stations import permissions, queries
from stations.filters import DeputyFilter, ReceptionFilter, ServiceAreaFilter, StationFilter
from stations.models import Deputy, Reception, ServiceArea, Station
from stations.serializers import DeputySerializer, ReceptionSerializer, ServiceAreaSerializer, StationSerializer


class StationViewSet(viewsets.ReadOnlyModelViewSet):
    """Liaison stations (代表联络站)."""

    queryset = Station.objects.none()
    serializer_class = StationSerializer
    filterset_class = StationFilter

    def get_queryset(self) -> QuerySet[Station]:
        visible = permissions.stations_visible_to(self.request.user)
        return visible.select_related("area").prefetch_related("opening_days")


class ServiceAreaViewSet(viewsets.ReadOnlyModelViewSet):
    """Whom each station serves (GeoJSON polygons); the id is the station's."""

    queryset = ServiceArea.objects.none()
    serializer_class = ServiceAreaSerializer
    filterset_class = ServiceAreaFilter

    def get_queryset(self) -> QuerySet[ServiceArea]:
        return permissions.service_areas_visible_to(self.request.user).select_related("station")


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
        return queries.days_of(self.request.user)


ROUTES = [
    ("stations", StationViewSet, "station"),
    ("service-areas", ServiceAreaViewSet, "service-area"),
    ("deputies", DeputyViewSet, "deputy"),
    ("receptions", ReceptionViewSet, "reception"),
]
