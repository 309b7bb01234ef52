"""REST of the library, read only: from the same querysets as pages and tiles."""

from django.db.models import QuerySet
from rest_framework import viewsets

from library.api.serializers import DocumentPlaceSerializer
from library.places.models import Mention
from library.places.permissions import mentions_visible_to


class DocumentPlaceViewSet(viewsets.ReadOnlyModelViewSet):
    """Places that documents speak of, confirmed by a person."""

    queryset = Mention.objects.none()
    serializer_class = DocumentPlaceSerializer
    filterset_fields = ["name"]

    def get_queryset(self) -> QuerySet[Mention]:
        return mentions_visible_to(self.request.user).select_related("document").order_by("pk")


ROUTES = [("document-places", DocumentPlaceViewSet, "document-place")]
