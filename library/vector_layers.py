"""The places that documents speak of, as vector tiles."""

from django.utils.translation import gettext_lazy as _

from accounts.looking import shown_key
from accounts.permissions import ANONYMOUS, Asker, inside_key, role_of
from library.documents.models import Document, Version
from library.places.permissions import mentions_visible_to
from tiles.layer.vector import VectorLayer


def _audience(user: Asker) -> str:
    return f"public{shown_key(user)}" if role_of(user) == ANONYMOUS else f"signed-in{inside_key(user)}{shown_key(user)}"


LAYERS = [
    VectorLayer(
        name="documents",
        title=_("文件提到的地方"),
        visible_to=mentions_visible_to,
        audience=_audience,
        geometry_type="Point",
        fields={"code": "document__code", "title": "document__title", "kind": "document__kind", "name": "name"},
        depends_on=[Document, Version],
        api="/api/v1/document-places/",
    ),
]
