"""What this room holds of a district, as rows: areas of all levels, departments, congresses and members, days off."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.areas.departments import save_department, save_departments
from accounts.areas.register import save_area
from accounts.areas.together import Given, save_areas
from accounts.congress import datasets as congress
from accounts.directory.levels import NARROW
from accounts.directory.models import Area, Department
from accounts.loads import Column, Dataset, GivenRow, Shape
from accounts.loads.beside import own_district
from accounts.loads.cells import YES_NO, one_of, shape_cell
from accounts.loads.removal import remove_unused
from accounts.loads.together import Named, by_code, read_and_written
from accounts.permissions import Asker
from accounts.workdays import datasets as workdays
from geokit.refusal import BadInput
from ui.sheet_rows import choice_value, optional_text, required_text
from ui.sheets import SheetRow

AREA_COLUMNS = (
    Column(
        "code",
        _("区划代码"),
        "999901101",
        needed=True,
        help=_("2 到 12 位数字，全国统一的区划代码。"),
        aliases=("区划编码", "行政区划代码", "xzqdm", "pac", "adcode", "gb"),
    ),
    Column(
        "name",
        _("名称"),
        _("示例镇"),
        needed=True,
        help=_("最多 80 字。"),
        aliases=("行政区名称", "xzqmc", "mc", "title"),
    ),
    Column("level", _("层级"), _("镇街"), choices=tuple(Area.Level.choices), help=_("新增时必填。"), aliases=("级别",)),
    Column(
        "parent",
        _("上级代码"),
        "999901",
        help=_("上一级区划的代码或名称。"),
        aliases=("上级", "上级区划", "parent_code"),
    ),
    Column(
        "schematic", _("界线为示意"), _("否"), choices=YES_NO, help=_("图形不是法定界线的写“是”。"), aliases=("示意",)
    ),
)
AREA_HEADS = {column.name: column.head for column in AREA_COLUMNS}


def find_area(row: SheetRow) -> Area | None:
    return Area.objects.filter(code=row["code"]).first()


def write_area(actor: Asker, row: GivenRow) -> Area:
    parent = one_of(row, "parent", Area.objects.all(), _("区划"), "code", "name")
    return save_area(actor, row["code"], _area_facts(row, parent))


def write_areas(actor: Asker, rows: Sequence[GivenRow]) -> list[Any]:
    """Towns together, then villages, which may name a town of the same sheet; what is wider by itself: it is few."""
    known = dict(Area.objects.filter(code__in={row["code"] for row in rows}).values_list("code", "level"))
    answers: list[Any] = [None] * len(rows)
    for level in reversed(NARROW):
        part = [index for index, row in enumerate(rows) if _level(row, known) == level]
        for index, answer in zip(part, _write_level(actor, [rows[index] for index in part]), strict=True):
            answers[index] = answer
    return answers


def _level(row: GivenRow, known: Mapping[str, str]) -> str:
    try:
        given = choice_value(row, "level", Area.Level.choices, AREA_HEADS) if row["level"] else ""
    except BadInput:
        return ""
    return given or known.get(row["code"], "")


def _write_level(actor: Asker, rows: Sequence[GivenRow]) -> list[Any]:
    areas = Named((row["parent"] for row in rows), Area.objects.defer("geom"), _("区划"), "code", "name")
    return read_and_written(
        rows,
        lambda row: Given(row["code"], _area_facts(row, areas.of(row, "parent"))),
        lambda given: save_areas(actor, given),
    )


def _area_facts(row: GivenRow, parent: Area | None) -> dict[str, Any]:
    """What a row says of an area. Raises BadInput."""
    facts: dict[str, Any] = {}
    if row["name"]:
        facts["name"] = required_text(row, "name", AREA_HEADS, 80)
    if row["level"]:
        facts["level"] = choice_value(row, "level", Area.Level.choices, AREA_HEADS)
    if "parent" in row:
        facts["parent"] = parent
    if row["schematic"]:
        facts["is_schematic"] = choice_value(row, "schematic", YES_NO, AREA_HEADS) == "yes"
    if row.is_restored:
        facts |= {"geom": None, "point": None}
    if row.shape is not None:
        facts["point" if row.shape.geom_type == "Point" else "geom"] = row.shape
    return facts


def lies_in(area: Area) -> list[Area]:
    """Return the area itself where a district keeps it, its own among them; no district keeps what is above it."""
    return [] if is_above(area) else [area]


def is_above(area: Area) -> bool:
    """Tell whether an area is a city, or wider: every district's file names it."""
    return area.level not in (*NARROW, Area.Level.DISTRICT)


def area_cells(area: Area) -> dict[str, str]:
    return {
        "code": area.code,
        "name": area.name,
        "level": area.level,
        "parent": area.parent.code if area.parent else "",
        "schematic": "yes" if area.is_schematic else "no",
        "shape": shape_cell(area.geom if area.geom is not None else area.point),
    }


DEPARTMENT_COLUMNS = (
    Column(
        "code", _("代码"), "water", needed=True, help=_("最多 40 个字母、数字或横线，以后不改。"), aliases=("部门代码",)
    ),
    Column(
        "name",
        _("名称"),
        _("水利局"),
        needed=True,
        help=_("部门、街道办事处、镇政府，法院、检察院、监察委员会也写在这里。"),
    ),
    Column("short_name", _("简称"), _("水利局"), help=_("最多 20 字；不写就取名称。")),
    Column(
        "area", _("区域代码"), "", help=_("镇街的政府写镇街的代码或名称；区级部门可以不写。"), aliases=("区域", "镇街")
    ),
    Column("phone", _("监督电话"), "", aliases=("电话",)),
)
DEPARTMENT_HEADS = {column.name: column.head for column in DEPARTMENT_COLUMNS}


def _departments() -> QuerySet[Department]:
    return Department.objects.select_related("area").defer("area__geom", "area__point")


def find_department(row: SheetRow) -> Department | None:
    return _departments().filter(code=row["code"]).first()


def write_department(actor: Asker, row: GivenRow) -> Department:
    facts = _department_facts(row, one_of(row, "area", Area.objects.all(), _("区划"), "code", "name"))
    return save_department(actor, row["code"], facts)


def write_departments(actor: Asker, rows: Sequence[GivenRow]) -> list[Any]:
    areas = Named((row["area"] for row in rows), Area.objects.defer("geom", "point"), _("区划"), "code", "name")
    return read_and_written(
        rows,
        lambda row: Given(row["code"], _department_facts(row, areas.of(row, "area"))),
        lambda given: save_departments(actor, given),
    )


def _department_facts(row: GivenRow, area: Area | None) -> dict[str, Any]:
    """What a row says of a department. Raises BadInput."""
    facts: dict[str, Any] = {"name": required_text(row, "name", DEPARTMENT_HEADS, 80)}
    if row["short_name"]:
        facts["short_name"] = optional_text(row, "short_name", DEPARTMENT_HEADS, 20)
    if "area" in row:
        facts["area"] = area or own_district()
    if "phone" in row:
        facts["phone"] = optional_text(row, "phone", DEPARTMENT_HEADS, 30)
    return facts


def department_cells(unit: Department) -> dict[str, str]:
    return {
        "code": unit.code,
        "name": unit.name,
        "short_name": unit.short_name,
        "area": unit.area.code if unit.area else "",
        "phone": unit.phone,
    }


DATASETS = (
    Dataset(
        slug="areas",
        title=_("区划"),
        about=_("省、市、区县、镇街、村社的代码和名称；界线可以用 GIS 文件另外上传，按代码对上，也可以没有。"),
        columns=AREA_COLUMNS,
        key=("code",),
        rows=lambda: Area.objects.select_related("parent"),
        find=find_area,
        write=write_area,
        find_many=by_code(lambda: Area.objects.select_related("parent")),
        write_many=write_areas,
        cells=area_cells,
        remove=remove_unused,
        is_needed=True,
        areas=lies_in,
        is_shared=is_above,
        shape=Shape.POLYGON_OR_POINT,
    ),
    Dataset(
        slug="departments",
        title=_("部门和镇街政府"),
        about=_("对点位、项目和建议负责的单位：区级部门、镇街政府，以及法院、检察院和监察委员会。"),
        columns=DEPARTMENT_COLUMNS,
        key=("code",),
        rows=_departments,
        find=find_department,
        write=write_department,
        find_many=by_code(_departments),
        write_many=write_departments,
        cells=department_cells,
        remove=remove_unused,
        is_needed=True,
    ),
    *congress.DATASETS,
    *workdays.DATASETS,
)
