"""What this room holds of a district, as rows: liaison stations, whom they serve, and the deputies of the register."""

from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.district import examples
from accounts.loads import Column, Dataset, GivenRow, Shape
from accounts.loads.cells import YES_NO, needed_shape, number_cell, one_of, shape_cell
from accounts.loads.removal import remove_unused
from accounts.loads.together import Named, by_code, by_itself, read_and_written, towns_of
from accounts.models import Area
from accounts.permissions import Asker
from geokit.refusal import BadInput, Refusal
from stations.register.models import Deputy, OpeningDay, Station
from stations.register.services import GivenStation, WrittenStation, upsert_stations
from stations.register.together import save_deputies
from stations.service_areas.models import ServiceArea
from stations.service_areas.services import remove_area, set_areas
from stations.sheets import deputies, stations
from ui.sheets import SheetRow

HELP = {
    "area": _("镇街的名称或代码。"),
    "opening": _("写成：每月15日 08:30-11:00；每周三 14:00-16:00"),
    "lng": _("WGS 84，度；新的联络站必填。"),
    "facilities": _("用顿号隔开。"),
    "station": _("所属联络站的编号。"),
    "constituency": _("选区所含村社的名称，用顿号隔开。"),
}
CHOICES = {"kind": tuple(Station.Kind.choices), "is_active": YES_NO}
LAZY = {"lng": examples.fill_lazily("%(lng)s"), "lat": examples.fill_lazily("%(lat)s")}
LAZY["phone"] = examples.fill_lazily("%(phone)s")
PLAIN = {
    "code": "LZ-01", "name": _("示例联络站"), "kind": _("镇街联络站"), "area": _("示例镇"), "address": _("示例路1号"),
    "opening": "每月15日 08:30-11:00", "station": "LZ-01", "electoral_district": _("示例第1选区"), "is_active": _("是"),
}  # fmt: skip


def _columns(about: ModuleType, **own: Any) -> Iterator[Column]:
    """The columns of a sheet that this room reads already."""
    shown = {**PLAIN, **LAZY, **own}
    for name, head in about.COLUMNS.items():
        needed, choices = name in about.NEEDED, CHOICES.get(name, ()) if name in CHOICES else ()
        yield Column(name, head, shown.get(name, ""), needed, HELP.get(name, ""), choices)


def _stations() -> QuerySet[Station]:
    return Station.objects.select_related("area").defer("area__geom", "area__point")


def find_station(row: SheetRow) -> Station | None:
    return _stations().filter(code=row["code"]).first()


def write_stations(actor: Asker, rows: Sequence[GivenRow]) -> list[Any]:
    towns = towns_of(rows)
    return read_and_written(
        rows, lambda row: _station(row, towns), lambda given: [_kept(one) for one in upsert_stations(actor, given)]
    )


def _station(row: GivenRow, towns: Named) -> GivenStation:
    cells = dict(row.cells)
    if row.shape is not None:
        place = row.shape.centroid  # a point's own
        cells |= {"lng": repr(place.x), "lat": repr(place.y)}
    return stations.read_row(SheetRow(row.number, cells), towns.of(row, "area"))


def _kept(answer: WrittenStation | Refusal) -> Station | Refusal:
    return answer if isinstance(answer, Refusal) else answer.station


def station_cells(station: Station) -> dict[str, str]:
    return {
        "code": station.code,
        "name": station.name,
        "kind": station.kind,
        "area": station.area.code,
        "address": station.address,
        "phone": station.phone,
        "floor": station.floor,
        "indoor_m2": number_cell(station.indoor_m2),
        "facilities": "、".join(station.facilities),
        "opening": station.opening,
        "shape": shape_cell(station.geom),
    }


def remove_station(actor: Asker, station: Station) -> None:
    """Its opening days are part of it."""
    remove_unused(actor, station, also=(OpeningDay,))


SERVICE_AREA_COLUMNS = (
    Column("station", _("联络站编号"), "LZ-01", needed=True, help=_("联络站的编号或名称。"), aliases=("编号", "code")),
    Column("wkt", "WKT", "", help=_("服务范围的面，可以写成 WKT；一般用 GIS 文件上传。")),
)


def _served_by(row: SheetRow) -> Station | None:
    return one_of(row, "station", Station.objects.all(), _("联络站"), "code", "name")


def _service_areas() -> QuerySet[ServiceArea]:
    return ServiceArea.objects.select_related("station__area").defer("station__area__geom", "station__area__point")


def find_service_area(row: SheetRow) -> ServiceArea | None:
    station = _served_by(row)
    return _service_areas().filter(station=station).first() if station else None


def _servers(rows: Sequence[SheetRow]) -> Named:
    """The stations that cells name by code or name."""
    return Named((row["station"] for row in rows), Station.objects.all(), gettext("联络站"), "code", "name")


def find_service_areas(rows: Sequence[SheetRow]) -> list[ServiceArea | None]:
    servers = _servers(rows)
    stations = [_station_or_none(row, servers) for row in rows]
    known = {area.pk: area for area in _service_areas().filter(station__in=[one.pk for one in stations if one])}
    return [known.get(station.pk) if station else None for station in stations]


def _station_or_none(row: SheetRow, servers: Named) -> Station | None:
    try:
        station: Station | None = servers.of(row, "station")
    except BadInput:  # said where the row is written
        return None
    return station


def write_service_areas(actor: Asker, rows: Sequence[GivenRow]) -> list[Any]:
    servers = _servers(rows)
    return read_and_written(
        rows,
        lambda row: (servers.of(row, "station"), needed_shape(row)),
        lambda given: set_areas(actor, given, source=ServiceArea.Source.FILE),
    )


def service_area_cells(area: ServiceArea) -> dict[str, str]:
    return {"station": area.station.code, "shape": shape_cell(area.geom)}


def find_deputy(row: SheetRow) -> Deputy | None:
    return _deputies().filter(code=row["code"]).first()


def _deputies() -> QuerySet[Deputy]:
    areas = Area.objects.defer("geom", "point")
    rows = Deputy.objects.select_related("station__area").prefetch_related(Prefetch("constituency", areas))
    return rows.defer("station__area__geom", "station__area__point")


def write_deputies(actor: Asker, rows: Sequence[GivenRow]) -> list[Any]:
    places = deputies.Places(rows)
    return read_and_written(rows, lambda row: deputies.read_row(row, places), lambda given: save_deputies(actor, given))


def deputy_cells(deputy: Deputy) -> dict[str, str]:
    return {
        "code": deputy.code,
        "name": deputy.name,
        "station": deputy.station.code,
        "electoral_district": deputy.electoral_district,
        "occupation": deputy.occupation,
        "constituency": "、".join(area.code for area in deputy.constituency.all()),
        "is_active": "yes" if deputy.is_active else "no",
    }


DATASETS = (
    Dataset(
        slug="stations",
        title=_("代表联络站"),
        about=_("代表接待选民的地方。可以是带经纬度的表，也可以是点图层。"),
        columns=tuple(_columns(stations)),
        key=("code",),
        rows=_stations,
        find=find_station,
        write=by_itself(find_station, write_stations),
        find_many=by_code(_stations),
        write_many=write_stations,
        cells=station_cells,
        remove=remove_station,
        shape=Shape.POINT,
    ),
    Dataset(
        slug="service-areas",
        title=_("联络站服务范围"),
        about=_("每个联络站负责的范围，面图层，按联络站编号对上；没有图也可以以后在联络站页面按村社划分。"),
        columns=SERVICE_AREA_COLUMNS,
        key=("station",),
        rows=_service_areas,
        find=find_service_area,
        write=by_itself(find_service_area, write_service_areas),
        find_many=find_service_areas,
        write_many=write_service_areas,
        cells=service_area_cells,
        remove=remove_area,
        areas=lambda area: [area.station.area],
        shape=Shape.POLYGON,
    ),
    Dataset(
        slug="deputies",
        title=_("人大代表"),
        about=_("代表名册：证号、姓名、所属联络站、选区。先导入联络站和村社。"),
        columns=tuple(_columns(deputies, code="DB-001", name=_("示例"))),
        key=("code",),
        rows=_deputies,
        find=find_deputy,
        write=by_itself(find_deputy, write_deputies),
        find_many=by_code(_deputies),
        write_many=write_deputies,
        cells=deputy_cells,
        areas=lambda deputy: [deputy.station.area],
        remove=remove_unused,
    ),
)
