"""REST of river monitoring, from the same querysets as tiles and pages."""

from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken
from geokit.refusal import BadInput, FieldError
from river_monitoring.api import samples, works
from river_monitoring.api.appraisal import AppraisalSerializer, as_data
from river_monitoring.api.serializers import (
    ChiefSerializer,
    ManagementRangeSerializer,
    MonthSerializer,
    NeighbourSerializer,
    NewPointSerializer,
    PointCountsSerializer,
    PointSerializer,
    ReachSerializer,
    RiverSerializer,
    SampleReportSerializer,
    SampleSerializer,
    TrendSerializer,
)
from river_monitoring.network.models import ManagementRange, Reach, River
from river_monitoring.network.permissions import ranges_visible_to, reaches_visible_to, rivers_visible_to
from river_monitoring.points import chiefs, queries, registration
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.permissions import points_visible_to
from river_monitoring.samples.models import Sample
from river_monitoring.samples.permissions import samples_visible_to
from river_monitoring.selection import snapshot
from river_monitoring.selection.filters import PointFilter, RangeFilter, ReachFilter, SampleFilter
from river_monitoring.standard.evaluation import GB3838_2002
from river_monitoring.statistics import trends
from river_monitoring.statistics.address import SCHEMES, read_appraisal
from river_monitoring.statistics.appraisal import appraise
from river_monitoring.statistics.coverage import coverage_shown
from river_monitoring.statistics.periods import GROUPS
from river_monitoring.statistics.trends import DEFAULT_PARAMETER
from river_monitoring.waters import course, stream
from ui.pagination import Pages


class RiverViewSet(viewsets.ReadOnlyModelViewSet):
    """Rivers and lakes, measured on the ellipsoid."""

    queryset = River.objects.none()
    serializer_class = RiverSerializer
    pagination_class = Pages

    def get_queryset(self) -> QuerySet[River]:
        rivers = course.for_pages(rivers_visible_to(self.request.user))
        return rivers.select_related("flows_into").order_by("code")

    @extend_schema(responses=ChiefSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def chiefs(self, request: Request, pk: str | None = None) -> Response:
        """Who answers for the water, the highest level first, with the lines that are public."""
        return Response(ChiefSerializer(chiefs.of_river(self.get_object(), request.user), many=True).data)


class ReachViewSet(viewsets.ReadOnlyModelViewSet):
    """Reaches with the worst class of their points."""

    queryset = Reach.objects.none()
    serializer_class = ReachSerializer
    filterset_class = ReachFilter

    def get_queryset(self) -> QuerySet[Reach]:
        reaches = queries.with_class(reaches_visible_to(self.request.user))
        return reaches.select_related("river", "area").order_by("river", "order", "pk")


class RangeViewSet(viewsets.ReadOnlyModelViewSet):
    """Management ranges (管理范围) of the reaches, computed from the river's grade."""

    queryset = ManagementRange.objects.none()
    serializer_class = ManagementRangeSerializer
    filterset_class = RangeFilter

    def get_queryset(self) -> QuerySet[ManagementRange]:
        ranges = ranges_visible_to(self.request.user)
        return ranges.select_related("reach__river", "reach__area").order_by("pk")


class PointViewSet(viewsets.ReadOnlyModelViewSet):
    """Monitoring points with their class by GB 3838-2002."""

    queryset = MonitoringPoint.objects.none()
    serializer_class = PointSerializer
    filterset_class = PointFilter
    permission_classes = [IsAuthenticatedOrReadOnly]

    def get_queryset(self) -> QuerySet[MonitoringPoint]:
        return queries.for_lists(points_visible_to(self.request.user))

    @extend_schema(responses=PointCountsSerializer)
    @action(detail=False, pagination_class=None)
    def counts(self, request: Request) -> Response:
        """How many points per class and state the filters leave, today or in a month (`at`)."""
        points = self.filter_queryset(self.get_queryset())
        classes = queries.class_counts(points, "class_shown")
        statuses = queries.status_counts(points, "status_shown")
        at = request.query_params.get("at", "").strip()
        month = date.fromisoformat(f"{at}-01") if at else None  # the filter has refused what is no month
        coverage = coverage_shown(points, month).as_data()
        total = sum(row["count"] for row in classes)
        return Response({"total": total, "classes": classes, "statuses": statuses, "coverage": coverage})

    @extend_schema(
        parameters=[
            OpenApiParameter("month", str, description="2026-03; the newest month that is over without it"),
            OpenApiParameter("by", str, enum=list(GROUPS)),
            OpenApiParameter("items", str, enum=list(SCHEMES), description="all items, or 9+X"),
            OpenApiParameter("kind", str, enum=list(MonitoringPoint.Kind.values)),
        ],
        responses=AppraisalSerializer,
        filters=False,
    )
    @action(detail=False, pagination_class=None)
    def appraisal(self, request: Request) -> Response:
        """Sections that meet their target in a month and in its year so far, and the city water quality index."""
        visible = points_visible_to(request.user)
        asked = read_appraisal(request.query_params, visible)
        return Response(as_data(appraise(asked.of(visible), asked.span, asked.by, asked.scheme)))

    @extend_schema(responses=MonthSerializer(many=True), filters=False)
    @action(detail=False, pagination_class=None)
    def months(self, request: Request) -> Response:
        """The months that `at` can show: all between the first and the last rated sample, oldest first."""
        return Response(snapshot.months_with_samples(request.user))

    @extend_schema(
        parameters=[OpenApiParameter("parameter", str, description="ph, do, codmn, nh3n, tp, ...")],
        responses=TrendSerializer,
        filters=False,
    )
    @action(detail=True, pagination_class=None)
    def trend(self, request: Request, pk: str | None = None) -> Response:
        """One parameter of the point through time."""
        parameter = request.query_params.get("parameter", DEFAULT_PARAMETER)
        if parameter not in GB3838_2002.parameters:
            message = _("没有代码为“%s”的指标。") % parameter[:20]
            raise BadInput(message, errors=[FieldError("parameter", "unknown-parameter", message)])
        return Response(trends.trend(self.get_object(), parameter))

    @extend_schema(request=NewPointSerializer, responses={201: PointSerializer}, filters=False)
    def create(self, request: Request) -> Response:
        """Enter a point: congress staff and GIS staff."""
        registration.require_register(request.user)
        given = NewPointSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        fields = dict(given.validated_data)
        confirmed = fields.pop("confirmed")
        point = registration.register_point(registration.NewPoint(**fields), request.user, confirmed=confirmed)
        entered = self.filter_queryset(self.get_queryset()).get(pk=point.pk)
        return Response(self.get_serializer(entered).data, 201)

    @extend_schema(responses=NeighbourSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def upstream(self, request: Request, pk: str | None = None) -> Response:
        """Points whose water comes to this one, nearest first, with the metres along the water."""
        found = stream.stream_of(self.get_object(), request.user)
        return Response(NeighbourSerializer(found.upstream, many=True).data)

    @extend_schema(responses=NeighbourSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def downstream(self, request: Request, pk: str | None = None) -> Response:
        """Points that the water from here comes to, nearest first, with the metres along the water."""
        found = stream.stream_of(self.get_object(), request.user)
        return Response(NeighbourSerializer(found.downstream, many=True).data)


SAMPLE_OR_REPORT = PolymorphicProxySerializer(
    "SampleOrReport", [SampleSerializer, SampleReportSerializer], None, many=False
)
"""One sample is answered by itself, a list of samples by a report."""


class SampleViewSet(viewsets.ReadOnlyModelViewSet):
    """Samples with their class and who measured; sampling bodies and the point's department hand in new ones.

    A token hands in for its own department. What lies far outside the point's history is taken and marked questioned.
    """

    queryset = Sample.objects.none()
    serializer_class = SampleSerializer
    filterset_class = SampleFilter
    pagination_class = Pages
    permission_classes = [IsAuthenticatedOrReadOnly]
    token_scope = ApiToken.Scope.SAMPLES

    def get_queryset(self) -> QuerySet[Sample]:
        samples = samples_visible_to(self.request.user).select_related("point", "party")
        return samples.order_by("point", "-phenomenon_time", "-pk")

    @extend_schema(
        request=PolymorphicProxySerializer(
            "SampleOrSamples", [SampleSerializer, SampleSerializer(many=True)], None, many=False
        ),
        responses={200: SAMPLE_OR_REPORT, 201: SAMPLE_OR_REPORT, 207: SampleReportSerializer},
        filters=False,
    )
    def create(self, request: Request) -> Response:
        """Hand in one sample, or a list of at most 1,000 with a report per row; the same again changes nothing."""
        if isinstance(request.data, list):
            report, status = samples.record_many(request.data, request.user)
            return Response(report, status)
        sample, status = samples.record_one(request.data, request.user)
        return Response(self.get_serializer(sample).data, status)


ROUTES = [
    ("rivers", RiverViewSet, "river"),
    ("reaches", ReachViewSet, "reach"),
    ("management-ranges", RangeViewSet, "management-range"),
    ("monitoring-points", PointViewSet, "monitoring-point"),
    ("samples", SampleViewSet, "sample"),
    *works.ROUTES,
]
