"""Monitoring points as rows: a sheet with coordinates, or a layer of points."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.district import examples
from accounts.loads import Column, Dataset, GivenRow, Shape
from accounts.loads.cells import YES_NO, department_of, needed_shape, one_of, shape_cell
from accounts.loads.removal import remove_unused
from accounts.loads.together import by_code, departments_of, read_and_written, towns_of
from accounts.models import Area
from accounts.permissions import Asker
from geokit.refusal import BadInput, refuse
from river_monitoring.datasets.waters import rivers_of
from river_monitoring.network.models import River, WaterKind
from river_monitoring.points.correction import correct_point
from river_monitoring.points.models import MonitoringPoint, WaterClass
from river_monitoring.points.registration import NewPoint, register_point, town_of
from river_monitoring.points.together import GivenPoint, register_points
from river_monitoring.rectification.point_changes import Wanted, change_point
from ui.sheet_rows import choice_value, in_every_language, optional_text, required_text
from ui.sheets import SheetRow

CLASSES = tuple((str(value), label) for value, label in WaterClass.choices if 1 <= value <= 5)
PLAIN_CLASS = {"Ⅰ": "1", "Ⅱ": "2", "Ⅲ": "3", "Ⅳ": "4", "Ⅴ": "5", "I": "1", "II": "2", "III": "3", "IV": "4", "V": "5"}

COLUMNS = (
    Column(
        "code",
        _("编码"),
        "W-101",
        needed=True,
        help=_("字母、数字、点、横线，全区唯一。"),
        aliases=("点位编码", "断面编码"),
    ),
    Column("name", _("名称"), _("示例桥断面"), needed=True, aliases=("点位名称", "断面名称", "mc")),
    Column(
        "kind", _("点位类型"), _("县控断面"), choices=tuple(MonitoringPoint.Kind.choices), aliases=("类型", "断面类型")
    ),
    Column(
        "river",
        _("河流编码"),
        "R-01",
        help=_("河流或湖库的编码或名称；小微水体可以不写。"),
        aliases=("河流", "所在河流"),
    ),
    Column("water", _("适用标准表"), _("河流"), choices=tuple(WaterKind.choices), help=_("写了河流的按登记的类型。")),
    Column("target_class", _("目标类别"), "Ⅲ", choices=CLASSES, aliases=("目标水质", "水质目标")),
    Column("department", _("责任部门"), "water", help=_("部门的代码、名称或简称，新增时必填。"), aliases=("部门",)),
    Column("area", _("镇街"), "", help=_("没有镇街界线时必填；有界线的按位置确定。")),
    Column("village", _("村社"), "", help=_("村社的代码或名称。")),
    Column("responsible_name", _("责任人"), ""),
    Column("responsible_phone", _("责任人电话"), ""),
    Column(
        "lng", _("经度"), examples.fill_lazily("%(lng)s"), help=_("WGS 84，度。"), aliases=("lon", "longitude", "x")
    ),
    Column("lat", _("纬度"), examples.fill_lazily("%(lat)s"), help=_("WGS 84，度。"), aliases=("latitude", "y")),
    Column("confirmed", _("位置已核对"), _("否"), choices=YES_NO, help=_("离所写河流 300 米以上仍属实的写“是”。")),
)
HEADS = {column.name: column.head for column in COLUMNS}


def _points() -> QuerySet[MonitoringPoint]:
    rows = MonitoringPoint.objects.select_related("river", "department", "area", "village")
    return rows.defer("river__surface", "area__geom", "village__geom", "department__area__geom")


def find_point(row: SheetRow) -> MonitoringPoint | None:
    return _points().filter(code=row["code"]).first()


def write_point(actor: Asker, row: GivenRow) -> MonitoringPoint:
    """Register a new point; correct one that is there, and change by its own event what it is judged by."""
    known = find_point(row)
    return _register(actor, row) if known is None else _correct(actor, row, known)


def _register(actor: Asker, row: GivenRow) -> MonitoringPoint:
    given = _given(row, _Names([row]))
    return register_point(given.point, actor, confirmed=given.confirmed)


def write_points(actor: Asker, rows: Sequence[GivenRow]) -> list[Any]:
    """New points together; of one that is there each change is a matter of its own."""
    names = _Names(rows)
    there = {point.code: point for point in _points().filter(code__in={row["code"] for row in rows})}
    new = [row for row in rows if row["code"] not in there]
    written = iter(read_and_written(new, lambda row: _given(row, names), lambda given: register_points(actor, given)))
    return [_unchanged(row, there[row["code"]], names) if row["code"] in there else next(written) for row in rows]


def _unchanged(row: GivenRow, point: MonitoringPoint, names: "_Names") -> MonitoringPoint | None:
    """The point, where a row says nothing new of it; None where it does, or cannot be read."""
    try:
        is_same = [
            row["name"] == point.name,
            not row["kind"] or choice_value(row, "kind", MonitoringPoint.Kind.choices, HEADS) == point.kind,
            names.rivers.of(row, "river") in (None, point.river),
            names.departments.of(row, "department") in (None, point.department),
            _target(row) in (None, point.target_class),
            row["village"] == (point.village.code if point.village else "") or "village" not in row,
            row.cells.get("responsible_name", point.responsible_name) == point.responsible_name,
            row.cells.get("responsible_phone", point.responsible_phone) == point.responsible_phone,
            row.shape is None or row.shape.equals_exact(point.geom, 1e-7),
        ]
    except BadInput:
        return None
    return point if all(is_same) else None


class _Names:
    """What the rows of a file name: rivers, departments and towns, read at once."""

    def __init__(self, rows: Sequence[SheetRow]) -> None:
        self.rivers = rivers_of(rows)
        self.towns = towns_of(rows)
        self.departments = departments_of(rows)


def _given(row: GivenRow, names: _Names) -> GivenPoint:
    """What a row says of a new point. Raises BadInput."""
    place = needed_shape(row)
    return GivenPoint(
        NewPoint(
            code=row["code"],
            name=required_text(row, "name", HEADS, 80),
            kind=choice_value(row, "kind", MonitoringPoint.Kind.choices, HEADS),
            department=names.departments.of(row, "department"),
            lng=place.x,
            lat=place.y,
            river=names.rivers.of(row, "river"),
            area=names.towns.of(row, "area"),
            water=choice_value(row, "water", WaterKind.choices, HEADS) if row["water"] else WaterKind.RIVER,
            target_class=_target(row) or WaterClass.III,
            village=row["village"],
            responsible_name=optional_text(row, "responsible_name", HEADS, 40),
            responsible_phone=optional_text(row, "responsible_phone", HEADS, 30),
        ),
        confirmed=row["confirmed"] in (*in_every_language(YES_NO[0][1]), "yes"),
    )


def _correct(actor: Asker, row: GivenRow, point: MonitoringPoint) -> MonitoringPoint:
    facts: dict[str, Any] = {"name": required_text(row, "name", HEADS, 80), **_descriptions(row, point)}
    if row["kind"]:
        facts["kind"] = choice_value(row, "kind", MonitoringPoint.Kind.choices, HEADS)
    if row["river"] and _river(row) != point.river:
        raise refuse("river", "not-here", gettext("点位所在的河流决定适用的标准，请在点位页或管理页更正。"))
    point = correct_point(actor, point.pk, facts, row.shape)
    wanted = Wanted(_target(row) or point.target_class, point.water, department_of(row) or point.department)
    if (wanted.target_class, wanted.department.pk) != (point.target_class, point.department_id):
        change_point(actor, point.pk, wanted, reason=gettext("按导入的本区点位表更正"), version=point.version)
    found = find_point(row)
    assert found is not None  # noqa: S101 - it was just written
    return found


def _river(row: SheetRow) -> River | None:
    return one_of(row, "river", River.objects.all(), _("河流"), "code", "name")


def _target(row: SheetRow) -> int | None:
    text = row["target_class"].upper().removesuffix("类")
    if not text:
        return None
    if (number := PLAIN_CLASS.get(text, text)) not in dict(CLASSES):
        raise refuse("target_class", "unknown", gettext("“目标类别”应是 Ⅰ、Ⅱ、Ⅲ、Ⅳ 或 Ⅴ。"))
    return int(number)


def _descriptions(row: GivenRow, point: MonitoringPoint) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if "village" in row:
        town = town_of(row.shape.centroid, point.area) if row.shape is not None else point.area
        villages = Area.objects.filter(level=Area.Level.VILLAGE, parent=town)
        facts["village"] = one_of(row, "village", villages, _("村社"), "code", "name")
    for column, most in (("responsible_name", 40), ("responsible_phone", 30)):
        if column in row:
            facts[column] = optional_text(row, column, HEADS, most)
    return facts


def point_cells(point: MonitoringPoint) -> dict[str, str]:
    return {
        "code": point.code,
        "name": point.name,
        "kind": point.kind,
        "river": point.river.code if point.river else "",
        "water": point.water,
        "target_class": str(point.target_class),
        "department": point.department.code,
        "area": point.area.code,
        "village": point.village.code if point.village else "",
        "responsible_name": point.responsible_name,
        "responsible_phone": point.responsible_phone,
        "shape": shape_cell(point.geom),
    }


POINTS = Dataset(
    slug="points",
    title=_("监测点位"),
    about=_("断面和小微水体。可以是带经纬度的表，也可以是点图层（Shapefile、GeoPackage、GeoJSON）。"),
    columns=COLUMNS,
    key=("code",),
    rows=_points,
    find=find_point,
    write=write_point,
    find_many=by_code(_points),
    write_many=write_points,
    cells=point_cells,
    remove=remove_unused,
    shape=Shape.POINT,
    leaves_with={"confirmed": YES_NO[0][0]},
)
