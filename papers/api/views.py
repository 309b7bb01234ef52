"""REST of papers, read only: from the same queryset as the page and the tiles."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.serializers import BaseSerializer

from accounts.areas.filters import AreaFilter
from accounts.models import Department
from papers.api.serializers import PaperDetailSerializer, PaperPlaceSerializer, PaperSerializer
from papers.register.features import places_shown_to
from papers.register.models import Paper, PaperPlace
from papers.register.permissions import papers_visible_to
from papers.register.queries import filtered, for_lists
from ui.pagination import Pages


class PaperApiFilter(filters.FilterSet):
    """Papers by kind, state, category, town, organ, year, and words."""

    area = AreaFilter(method="narrow")
    department = filters.ModelChoiceFilter(queryset=Department.objects.all(), to_field_name="code", method="narrow")
    year = filters.NumberFilter(method="narrow", min_value=1990, max_value=2100)
    q = filters.CharFilter(method="narrow", max_length=60)

    class Meta:
        model = Paper
        fields = ["kind", "state", "category", "is_key"]

    def narrow(self, queryset: QuerySet[Paper], name: str, value: Any) -> QuerySet[Paper]:
        return filtered(queryset, self.request.user, **{name: int(value) if name == "year" else value})


class PaperViewSet(viewsets.ReadOnlyModelViewSet):
    """Motions and deputies' suggestions (议案、代表建议). The public reads what staff published."""

    queryset = Paper.objects.none()
    filterset_class = PaperApiFilter
    pagination_class = Pages

    def get_queryset(self) -> QuerySet[Paper]:
        user = self.request.user
        return for_lists(papers_visible_to(user), user).order_by("-submitted_at", "-pk")

    def get_serializer_class(self) -> type[BaseSerializer]:
        return PaperDetailSerializer if self.action == "retrieve" else PaperSerializer


class PaperPlaceViewSet(viewsets.ReadOnlyModelViewSet):
    """The places of motions and suggestions as GeoJSON, narrowed by the filters of their papers."""

    queryset = PaperPlace.objects.none()
    serializer_class = PaperPlaceSerializer
    filter_backends: list = []

    def get_queryset(self) -> QuerySet[PaperPlace]:
        papers = PaperApiFilter(
            self.request.query_params, queryset=papers_visible_to(self.request.user), request=self.request
        )
        if not papers.is_valid():
            raise ValidationError(papers.errors)
        return (
            places_shown_to(self.request.user, PaperPlace.objects.filter(paper__in=papers.qs.values("pk")))
            .select_related("paper", "area")
            .order_by("pk")
        )


ROUTES = [("papers", PaperViewSet, "paper"), ("paper-places", PaperPlaceViewSet, "paper-place")]
