"""REST of the site, read only: public pages with a place, from the same queryset as the tiles."""

from django.db.models import QuerySet
from rest_framework import viewsets

from publishing.api.serializers import SiteNewsSerializer
from publishing.register.models import SitePage
from publishing.register.permissions import places_visible_to


class NewsViewSet(viewsets.ReadOnlyModelViewSet):
    """Public pages of the congress's site that are about a place."""

    queryset = SitePage.objects.none()
    serializer_class = SiteNewsSerializer
    filterset_fields = ["column"]

    def get_queryset(self) -> QuerySet[SitePage]:
        return places_visible_to(self.request.user).select_related("place_area").order_by("pk")


ROUTES = [("news", NewsViewSet, "news")]
