"""Stations as vector tiles."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Area
from stations.register.models import Station
from stations.register.permissions import stations_visible_to
from stations.service_areas.permissions import service_areas_visible_to
from tiles.layer.clustered import clusters_of
from tiles.layer.map_use import OVERVIEW, LegendEntry, MapUse
from tiles.layer.vector import VectorLayer

LAYERS = [
    VectorLayer(
        name="stations",
        title=_("代表联络站"),
        visible_to=stations_visible_to,
        depends_on=[Area],
        fields={"code": "code", "name": "name", "kind": "kind", "area": "area__name"},
        api="/api/v1/stations/",
        map_use=MapUse(
            order=20,
            page="/stations/{code}/",
            hint=["{area}"],
            legend=[LegendEntry(_("代表联络站"), "station", position=50)],
            list_path=r"^/stations/$",
            shown_on=[OVERVIEW, r"^/stations/"],
            tile_filters={"kind": "text"},
            server_filters=["q", "area", "deputy"],
        ),
    ),
    VectorLayer(
        name="service_areas",
        title=_("联络站服务范围"),
        visible_to=service_areas_visible_to,
        geometry_type="Polygon",
        depends_on=[Station],
        fields={"code": "station__code", "name": "station__name", "kind": "station__kind"},
        api="/api/v1/service-areas/",
        schematic=True,
    ),
]
LAYERS.append(clusters_of(LAYERS[0], "station_clusters", _("代表联络站（聚合）"), 21))
