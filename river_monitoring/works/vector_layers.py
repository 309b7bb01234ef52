"""Outfalls on the map."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Area
from accounts.permissions import Asker
from river_monitoring.points.permissions import points_audience
from river_monitoring.works.models import Outfall
from river_monitoring.works.permissions import outfalls_visible_to
from tiles.layer.map_use import LegendEntry, MapUse
from tiles.layer.vector import VectorLayer


def _outfalls(user: Asker) -> QuerySet[Outfall]:
    return outfalls_visible_to(user)


OUTFALLS = VectorLayer(
    name="outfalls",
    title=_("入河排污口"),
    visible_to=_outfalls,
    audience=points_audience,
    geometry_type="Point",
    fields={
        "code": "code",
        "name": "name",
        "kind": "kind",
        "state": "state",
        "dry_flow": "flows_when_dry",
        "area": "area__name",
        "updated": "updated_at",
    },
    depends_on=[Area],
    described={
        "kind": _("HJ 1312-2023 一级类型：industrial 工业，municipal 城镇污水处理厂，farming 农业，other 其他"),
        "state": _("处置状态：kept 保留，fixing 规范整治中，merged 已清理合并，closed 已依法取缔"),
        "dry_flow": _("晴天有水流出"),
        "updated": _("最近更新时间"),
    },
    schematic=True,
    api="/api/v1/outfalls/",
    map_use=MapUse(
        order=50,
        page="/river/outfalls/{code}/",
        hint=["{area}"],
        legend=[LegendEntry(_("入河排污口"), "outfall", minzoom=11, position=20)],
        list_path=r"^/river/outfalls/$",
        shown_on=[r"^/river/outfalls/"],
    ),
)
