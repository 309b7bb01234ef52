"""Stations as vector tiles."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Area
from stations.permissions import stations_visible_to
from tiles.layer import VectorLayer

LAYERS = [
    VectorLayer(
        name="stations",
        title=_("代表联络站"),
        visible_to=stations_visible_to,
        depends_on=[Area],
        fields={"code": "code", "name": "name", "kind": "kind", "area": "area__name"},
    )
]
