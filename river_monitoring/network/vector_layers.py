"""What the network puts on the map: the management range of each reach, at close zooms."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Area
from river_monitoring.network.models import Reach, River
from river_monitoring.network.permissions import ranges_visible_to
from tiles.layer.map_use import LegendEntry, MapUse
from tiles.layer.vector import VectorLayer

MANAGEMENT_RANGES = VectorLayer(
    name="management_ranges",
    title=_("河道管理范围"),
    description=_("本区规则所定的最小宽度，无堤防的平原河道；有堤防的河段以堤防和护堤地为准。"),
    visible_to=ranges_visible_to,
    geometry_type="Polygon",
    minzoom=11,
    fields={
        "code": "reach__code",
        "name": "reach__name",
        "river": "reach__river__name",
        "grade": "reach__river__grade",
        "metres": "metres",
        "area": "reach__area__name",
    },
    depends_on=[Reach, River, Area],
    described={"grade": _("河道等级"), "metres": _("自水边向陆地一侧的宽度（米）")},
    schematic=True,
    api="/api/v1/management-ranges/",
    map_use=MapUse(
        order=10,
        hint=["@range"],
        legend=[LegendEntry(_("河道管理范围（放大后可见）"), "management_range", position=30)],
        shown_on=[r"^/river/waters/[^/]+/$"],
    ),
)
