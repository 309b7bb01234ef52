"""REST of indicators and their values; programs with a token of scope ``indicators:write`` report values."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import viewsets
from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken, Role
from accounts.permissions import Asker, leads_somewhere, role_of
from geokit.refusal import BadInput, FieldError, NotPermitted, Refusal, TooLarge
from reporting.api.serializers import (
    GivenValueSerializer,
    IndicatorSerializer,
    ObservationSerializer,
    ValueReportSerializer,
)
from reporting.indicators import periods
from reporting.indicators.models import Indicator
from reporting.indicators.permissions import indicators_visible_to
from reporting.observations.models import Observation, Way
from reporting.observations.places import Place, find_places
from reporting.observations.queries import observations_visible_to
from reporting.observations.recording import Given, Outcome, record_values
from ui.pagination import Pages

MOST_ROWS = 1_000


class ObservationFilter(filters.FilterSet):
    """By the code of indicator, area and monitoring point, and by the first day of the period."""

    indicator = filters.CharFilter("indicator__code")
    area = filters.CharFilter("area__code")
    point = filters.CharFilter("feature__monitoring_point__code")
    since = filters.DateFilter("period", "gte")
    until = filters.DateFilter("period", "lte")

    class Meta:
        model = Observation
        fields = ("indicator", "area", "point", "since", "until")


class IndicatorViewSet(viewsets.ReadOnlyModelViewSet):
    """Indicators that the reader may see."""

    queryset = Indicator.objects.none()
    serializer_class = IndicatorSerializer
    pagination_class = Pages
    lookup_field = "code"
    lookup_value_regex = "[a-z0-9_]{1,40}"

    def get_queryset(self) -> QuerySet[Indicator]:
        return indicators_visible_to(self.request.user).select_related("department", "layer")


class ObservationViewSet(viewsets.ReadOnlyModelViewSet):
    """Values of the indicators that the reader may see. Departments report theirs here."""

    permission_classes = [IsAuthenticatedOrReadOnly]
    token_scope = ApiToken.Scope.INDICATORS
    queryset = Observation.objects.none()
    serializer_class = ObservationSerializer
    filterset_class = ObservationFilter
    pagination_class = Pages

    def get_queryset(self) -> QuerySet[Observation]:
        seen = indicators_visible_to(self.request.user)
        rows = observations_visible_to(self.request.user).filter(indicator__in=seen)
        rows = rows.select_related("indicator__layer__current_version", "area", "feature")
        return rows.order_by("indicator", "-period", "area", "feature")

    @extend_schema(
        request=GivenValueSerializer(many=True),
        responses={200: ValueReportSerializer, 201: ValueReportSerializer, 207: ValueReportSerializer},
        filters=False,
    )
    def create(self, request: Request) -> Response:
        """Report at most 1,000 values, by who delivers the indicators. Repeating a request changes nothing."""
        if role_of(request.user) != Role.OFFICER and not leads_somewhere(request.user):
            raise NotPermitted(_("指标数据由报送单位或区人大工作人员报送。"))
        is_list = isinstance(request.data, list)
        if is_list and len(request.data) > MOST_ROWS:
            raise TooLarge(_("一次最多报送 %d 个数。") % MOST_ROWS)
        given = GivenValueSerializer(data=request.data, many=is_list)
        given.is_valid(raise_exception=True)
        report = take_values(request.user, given.validated_data if is_list else [given.validated_data])
        refused, stored = report["refused"], report["stored"] + report["changed"]
        return Response(report, 207 if refused else 201 if stored else 200)


def take_values(actor: Asker, bodies: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Record the rows that can be read and say what became of each."""
    seen = indicators_visible_to(actor).filter(code__in={body["indicator"] for body in bodies})
    indicators = {one.code: one for one in seen.select_related("layer__current_version")}
    asked = [(indicators[body["indicator"]], place_in(body)) for body in bodies if body["indicator"] in indicators]
    places = find_places(asked, actor)
    read: list[tuple[int, Given]] = []
    outcomes: dict[int, Outcome] = {}
    for number, body in enumerate(bodies):
        try:
            read.append((number, _given(body, indicators, places)))
        except Refusal as refusal:
            outcomes[number] = Outcome(refusal=refusal)
    taken = record_values(actor, [given for _number, given in read], Way.API)
    outcomes |= {number: outcome for (number, _given_), outcome in zip(read, taken, strict=True)}
    rows = [_row(number, outcomes[number]) for number in range(len(bodies))]
    counts = Counter(row["outcome"] for row in rows)
    return {name: counts[name] for name in ("stored", "changed", "same", "refused")} | {"rows": rows}


def place_in(body: Mapping[str, Any]) -> str:
    """The code of the area, point or feature that a row is about."""
    return body.get("area") or body.get("place") or ""


def _given(
    body: Mapping[str, Any], indicators: Mapping[str, Indicator], places: Mapping[tuple[int, str], Place | Refusal]
) -> Given:
    if body["indicator"] not in indicators:
        message = _("没有代码为“%s”的统计指标。") % body["indicator"][:40]
        raise BadInput(message, code="unknown", errors=[FieldError("indicator", "unknown", message)])
    indicator = indicators[body["indicator"]]
    place = places[indicator.pk, place_in(body)]
    if isinstance(place, Refusal):
        raise place
    try:
        period = periods.read(indicator.period_kind, body["period"])
    except BadInput as refusal:
        raise BadInput(refusal.message, errors=[FieldError("period", refusal.code, refusal.message)]) from None
    return Given(
        indicator, place, period, body.get("value"), body.get("plan"), body.get("whole"),
        body.get("reason", ""), body.get("confirmed", False),
    )  # fmt: skip


def _row(number: int, outcome: Outcome) -> dict[str, Any]:
    refusal = outcome.refusal
    if refusal is None:
        return {"row": number, "outcome": outcome.what}
    errors = refusal.errors or (FieldError("", refusal.code, refusal.message),)
    return {"row": number, "outcome": "refused", "errors": [error.as_dict() for error in errors]}


ROUTES = [
    ("indicators", IndicatorViewSet, "indicator"),
    ("observations", ObservationViewSet, "observation"),
]
