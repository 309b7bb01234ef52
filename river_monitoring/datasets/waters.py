"""Rivers, lakes and their reaches as rows."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.areas.together import Given
from accounts.directory.models import Area
from accounts.loads import Column, Dataset, GivenRow, Shape
from accounts.loads.beside import own_district
from accounts.loads.cells import number_cell, parse_number, parse_whole, shape_cell
from accounts.loads.removal import remove_unused
from accounts.loads.together import Named, by_code, by_itself, read_and_written, towns_of
from accounts.permissions import Asker
from geokit.refusal import refuse
from river_monitoring.network import build
from river_monitoring.network.models import Grade, ManagementRange, Reach, ReachLink, River, WaterKind
from river_monitoring.network.register import save_reaches, save_rivers
from ui.sheet_rows import choice_value, optional_text, required_text
from ui.sheets import SheetRow

RIVER_COLUMNS = (
    Column("code", _("编码"), "R-01", needed=True, help=_("最多 30 字，以后不改。"), aliases=("河流编码", "hlbm")),
    Column("name", _("名称"), _("示例河"), needed=True, aliases=("河流名称", "湖泊名称", "hlmc", "mc")),
    Column(
        "kind", _("水体类型"), _("河流"), choices=tuple(WaterKind.choices), help=_("不写就是河流。"), aliases=("类型",)
    ),
    Column(
        "grade", _("河道等级"), _("县级"), choices=tuple(Grade.choices), help=_("不写就是县级。"), aliases=("等级",)
    ),
    Column("flows_into", _("汇入"), "", help=_("汇入的河流的编码或名称。"), aliases=("汇入河流",)),
    Column("goal", _("整治目标"), "", help=_("写在公示牌上。")),
)
RIVER_HEADS = {column.name: column.head for column in RIVER_COLUMNS}


def rivers_of(rows: Sequence[SheetRow], column: str = "river") -> Named:
    """Return the waters that cells name by code or name."""
    return Named((row[column] for row in rows), River.objects.defer("surface"), _("河流"), "code", "name")


def _rivers() -> QuerySet[River]:
    return River.objects.select_related("flows_into").defer("flows_into__surface")


def find_river(row: SheetRow) -> River | None:
    return _rivers().filter(code=row["code"]).first()


def write_rivers(actor: Asker, rows: Sequence[GivenRow]) -> list[Any]:
    """Together, but for one that flows into another new one of the same sheet: it comes after that."""
    there = set(River.objects.filter(code__in={row["code"] for row in rows}).values_list("code", flat=True))
    left, answers = dict(enumerate(rows)), dict[int, Any]()
    while left:
        coming = {word for row in left.values() if row["code"] not in there for word in (row["code"], row["name"])}
        now = [index for index, row in left.items() if row["flows_into"] not in coming] or list(left)
        part = [left.pop(index) for index in now]
        answers |= zip(now, _write_rivers(actor, part, there), strict=True)
    return [answers[index] for index in range(len(rows))]


def _write_rivers(actor: Asker, rows: Sequence[GivenRow], there: Collection[str]) -> list[Any]:
    rivers = rivers_of(rows, "flows_into")
    return read_and_written(
        rows, lambda row: _river(row, rivers, is_new=row["code"] not in there), lambda given: save_rivers(actor, given)
    )


def _river(row: GivenRow, rivers: Named, *, is_new: bool) -> Given:
    """What a row says of a water. Raises BadInput."""
    facts: dict[str, Any] = {"name": required_text(row, "name", RIVER_HEADS, 60)}
    if row["kind"]:
        facts["kind"] = choice_value(row, "kind", WaterKind.choices, RIVER_HEADS)
    if row["grade"]:
        facts["grade"] = choice_value(row, "grade", Grade.choices, RIVER_HEADS)
    if "flows_into" in row:
        facts["flows_into"] = rivers.of(row, "flows_into")
    if "goal" in row:
        facts["goal"] = optional_text(row, "goal", RIVER_HEADS, 500)
    if row.shape is not None or row.is_restored:
        facts["surface"] = row.shape
    if is_new and (own := own_district()) is not None:
        facts["area"] = own
    return Given(required_text(row, "code", RIVER_HEADS, 30), facts)


def river_cells(river: River) -> dict[str, str]:
    return {
        "code": river.code,
        "name": river.name,
        "kind": river.kind,
        "grade": river.grade,
        "flows_into": river.flows_into.code if river.flows_into else "",
        "goal": river.goal,
        "shape": shape_cell(river.surface),
    }


def areas_of(river: River) -> list[Area | None]:
    """Return where a water is known: the towns of its reaches and points, and the district that entered it."""
    towns = Area.objects.filter(Q(reaches__river=river) | Q(monitoring_points__river=river)).distinct()
    return [*towns, *([river.area] if river.area else [])] or [None]


RIVERS = Dataset(
    slug="rivers",
    title=_("河流和湖库"),
    about=_("河流、渠道和湖库的名录。湖库的水面可以用面图层另外上传，按编码对上。"),
    columns=RIVER_COLUMNS,
    key=("code",),
    rows=_rivers,
    find=find_river,
    areas=areas_of,
    write=by_itself(find_river, write_rivers),
    find_many=by_code(_rivers),
    write_many=write_rivers,
    cells=river_cells,
    remove=remove_unused,
    finish=build.rebuild,
    shape=Shape.POLYGON,
)

REACH_COLUMNS = (
    Column("code", _("编码"), "R-01-1", needed=True, help=_("最多 30 字，以后不改。"), aliases=("河段编码", "hdbm")),
    Column("name", _("名称"), _("示例河示例镇段"), needed=True, aliases=("河段名称", "hdmc", "mc")),
    Column("river", _("河流编码"), "R-01", help=_("所在河流的编码或名称，新增时必填。"), aliases=("河流", "所在河流")),
    Column("area", _("镇街"), "", help=_("镇街的代码或名称；有镇街界线的，不写就按位置确定。")),
    Column("order", _("次序"), "1", help=_("自上游起的次序，从 1 开始。"), aliases=("自上游起的次序",)),
    Column("width_m", _("平均河宽"), "12", help=_("米。"), aliases=("河宽", "宽度")),
    Column("begins_at", _("起点"), ""),
    Column("ends_at", _("终点"), ""),
    Column("wkt", "WKT", "", help=_("中心线，可以写成 WKT；一般用 GIS 文件上传。")),
)
REACH_HEADS = {column.name: column.head for column in REACH_COLUMNS}


def _reaches() -> QuerySet[Reach]:
    return Reach.objects.select_related("river", "area").defer("river__surface", "area__geom")


def find_reach(row: SheetRow) -> Reach | None:
    return _reaches().filter(code=row["code"]).first()


def write_reaches(actor: Asker, rows: Sequence[GivenRow]) -> list[Any]:
    there = set(Reach.objects.filter(code__in={row["code"] for row in rows}).values_list("code", flat=True))
    rivers, towns = rivers_of(rows), towns_of(rows)
    return read_and_written(
        rows,
        lambda row: _reach(row, rivers, towns, is_new=row["code"] not in there),
        lambda given: save_reaches(actor, given),
    )


def _reach(row: GivenRow, rivers: Named, towns: Named, *, is_new: bool) -> Given:
    """What a row says of a reach. Raises BadInput."""
    facts: dict[str, Any] = {"name": required_text(row, "name", REACH_HEADS, 80)}
    river = rivers.of(row, "river")
    if river is not None:
        facts["river"] = river
    elif is_new:
        raise refuse("river", "required", str(_("没有写河段所在的河流。")))
    if (town := towns.of(row, "area")) is not None:
        facts["area"] = town
    if row["order"]:
        facts["order"] = parse_whole(row, "order", REACH_HEADS, least=0, most=10_000)
    if "width_m" in row:
        text = row["width_m"]
        facts["width_m"] = float(parse_number(row, "width_m", REACH_HEADS, least=0, most=5000)) if text else None
    for column in ("begins_at", "ends_at"):
        if column in row:
            facts[column] = optional_text(row, column, REACH_HEADS, 80)
    if row.shape is not None:
        facts["geom"] = row.shape
    return Given(required_text(row, "code", REACH_HEADS, 30), facts)


def reach_cells(reach: Reach) -> dict[str, str]:
    return {
        "code": reach.code,
        "name": reach.name,
        "river": reach.river.code,
        "area": reach.area.code,
        "order": str(reach.order),
        "width_m": number_cell(reach.width_m),
        "begins_at": reach.begins_at,
        "ends_at": reach.ends_at,
        "shape": shape_cell(reach.geom),
    }


def remove_reach(actor: Asker, reach: Reach) -> None:
    """Its links and its management range are worked out from it, so they go with it."""
    remove_unused(actor, reach, also=(ReachLink, ManagementRange))


REACHES = Dataset(
    slug="reaches",
    title=_("河段"),
    about=_("按镇街分段的河道中心线，顺着水流方向。图形用线图层上传。"),
    columns=REACH_COLUMNS,
    key=("code",),
    rows=_reaches,
    find=find_reach,
    write=by_itself(find_reach, write_reaches),
    find_many=by_code(_reaches),
    write_many=write_reaches,
    cells=reach_cells,
    remove=remove_reach,
    finish=build.rebuild,
    shape=Shape.LINE,
)
