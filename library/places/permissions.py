"""Who sees the places that documents speak of: whoever may read the document."""

from django.db.models import QuerySet

from accounts.permissions import Asker
from library.documents.permissions import documents_visible_to
from library.places.models import Mention


def mentions_visible_to(user: Asker) -> QuerySet[Mention]:
    """Return the confirmed places of the documents that `user` may read; the map draws them."""
    readable = documents_visible_to(user).values("pk")
    return Mention.objects.filter(state=Mention.State.CONFIRMED, geom__isnull=False, document__in=readable)
