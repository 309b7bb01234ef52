"""REST of stations, deputies and reception days, from the same querysets as pages and tiles."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema
from rest_framework import viewsets
from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken
from geokit.refusal import NotPermitted, StaleEdit, TooLarge
from stations.api.serializers import (
    DeputySerializer,
    HeldReceptionSerializer,
    HeldReportSerializer,
    ReceptionSerializer,
    ServiceAreaSerializer,
    StationSerializer,
)
from stations.receptions.filters import ReceptionFilter
from stations.receptions.models import Reception
from stations.receptions.past import DIFFERS
from stations.receptions.queries import reception_days
from stations.register.filters import DeputyFilter, StationFilter
from stations.register.models import Deputy, Station
from stations.register.permissions import deputies_visible_to, stations_visible_to
from stations.service_areas.filters import ServiceAreaFilter
from stations.service_areas.models import ServiceArea
from stations.service_areas.permissions import service_areas_visible_to
from stations.sheets import receptions as sheet
from ui.pagination import Pages
from ui.sheet_rows import RowResult, count_outcomes, import_rows
from ui.sheets import SheetRow

MAX_ROWS = 1_000


class StationViewSet(viewsets.ReadOnlyModelViewSet):
    """Liaison stations (代表联络站)."""

    queryset = Station.objects.none()
    serializer_class = StationSerializer
    filterset_class = StationFilter

    def get_queryset(self) -> QuerySet[Station]:
        visible = stations_visible_to(self.request.user)
        return visible.select_related("area").prefetch_related("opening_days")


class ServiceAreaViewSet(viewsets.ReadOnlyModelViewSet):
    """Whom each station serves (GeoJSON polygons); the id is the station's."""

    queryset = ServiceArea.objects.none()
    serializer_class = ServiceAreaSerializer
    filterset_class = ServiceAreaFilter

    def get_queryset(self) -> QuerySet[ServiceArea]:
        return service_areas_visible_to(self.request.user).select_related("station")


class DeputyViewSet(viewsets.ReadOnlyModelViewSet):
    """Deputies in office, with what the law lets be public."""

    queryset = Deputy.objects.none()
    serializer_class = DeputySerializer
    filterset_class = DeputyFilter
    pagination_class = Pages

    def get_queryset(self) -> QuerySet[Deputy]:
        return deputies_visible_to(self.request.user).select_related("station")


class ReceptionViewSet(viewsets.ReadOnlyModelViewSet):
    """Reception days, announced and held. Programs with a token submit held ones."""

    permission_classes = [IsAuthenticatedOrReadOnly]
    token_scope = ApiToken.Scope.STATIONS
    queryset = Reception.objects.none()
    serializer_class = ReceptionSerializer
    filterset_class = ReceptionFilter
    pagination_class = Pages

    def get_queryset(self) -> QuerySet[Reception]:
        return reception_days(self.request.user).order_by("-starts_at", "-pk")

    @extend_schema(
        request=HeldReceptionSerializer(many=True),
        responses={200: HeldReportSerializer, 201: HeldReportSerializer, 207: HeldReportSerializer},
        filters=False,
    )
    def create(self, request: Request) -> Response:
        """Submit at most 1,000 held receptions, by who runs the stations. Repeating a request changes nothing.

        A day that stands with another end, kind, theme or address is refused (`reception-differs`): with 409 where one
        reception was sent, as a row of the report where a list was.
        """
        if not sheet.may_use(request.user):
            raise NotPermitted(gettext("接待记录由镇街和人大工作人员报送。"))
        is_list = isinstance(request.data, list)
        if is_list and len(request.data) > MAX_ROWS:
            raise TooLarge(gettext("一次最多报送 %d 次接待。") % MAX_ROWS)
        given = HeldReceptionSerializer(data=request.data, many=is_list)
        given.is_valid(raise_exception=True)
        bodies = given.validated_data if is_list else [given.validated_data]
        rows = [SheetRow(number, sheet.cells_from_json(body)) for number, body in enumerate(bodies)]
        results = import_rows(request.user, rows, sheet.import_row)
        if not is_list:
            _raise_where_it_differs(results[0])
        report = count_outcomes(results) | {"rows": [_row_report(result) for result in results]}
        return Response(report, _report_status(report))


def _raise_where_it_differs(result: RowResult) -> None:
    errors = [error for error in result.errors if error.code == DIFFERS]
    if errors:
        raise StaleEdit(" ".join(error.message for error in errors), code=DIFFERS, errors=errors)


def _row_report(result: RowResult) -> dict[str, Any]:
    report: dict[str, Any] = {"row": result.row.number, "outcome": result.outcome.value}
    return report | ({"errors": [error.as_dict() for error in result.errors]} if result.errors else {})


def _report_status(report: Mapping[str, Any]) -> int:
    if report["refused"]:
        return 207
    return 201 if report["stored"] else 200


ROUTES = [
    ("stations", StationViewSet, "station"),
    ("service-areas", ServiceAreaViewSet, "service-area"),
    ("deputies", DeputyViewSet, "deputy"),
    ("receptions", ReceptionViewSet, "reception"),
]
