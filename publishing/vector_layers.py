"""The places that public pages are about, as vector tiles."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Area
from publishing.register.permissions import places_visible_to
from tiles.layer.map_use import LegendEntry, MapUse
from tiles.layer.vector import VectorLayer

LAYERS = [
    VectorLayer(
        name="news",
        title=_("人大网站的报道和公告"),
        visible_to=places_visible_to,
        geometry_type="Point",
        fields={"code": "code", "name": "title", "column": "column", "area": "place_area__name"},
        depends_on=[Area],
        api="/api/v1/news/",
        map_use=MapUse(
            order=35,
            icon="news",
            minzoom=10,
            label_from=14,
            page="/news/{code}/",
            hint=["{area}"],
            legend=[LegendEntry(_("人大网站"), "news", minzoom=10, position=66)],
            list_path=r"^/news/$",
            shown_on=[r"^/news/"],
            tile_filters={"column": "text"},
        ),
    )
]
