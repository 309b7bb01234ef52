"""Outfalls as rows: a sheet with coordinates or a layer of points, each with the points that it harms."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.district import examples
from accounts.loads import Column, Dataset, GivenRow, Shape
from accounts.loads.cells import YES_NO, needed_shape, shape_cell, yes_no_cell
from accounts.loads.together import by_code, departments_of, read_and_written
from accounts.permissions import Asker
from geokit.refusal import BadInput, refuse
from river_monitoring.datasets.waters import rivers_of
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.works.models import Outfall
from river_monitoring.works.outfall_services import (
    NewOutfall,
    add_outfall,
    add_outfalls,
    change_outfall,
    link_points,
)
from ui.sheet_rows import choice_value, optional_text, required_text, split_names
from ui.sheets import SheetRow

MOST_MOVED_DEGREES = 1e-6
"""About 0.1 m: what lies nearer than this is the same place."""

COLUMNS = (
    Column("code", _("编码"), "PW-01", needed=True, help=_("最多 30 字，以后不改。"), aliases=("排污口编码", "pwkbm")),
    Column("name", _("名称"), _("示例路雨洪排口"), needed=True, aliases=("排污口名称", "mc")),
    Column(
        "subkind", _("二级类型"), _("城镇雨洪排口"), choices=tuple(Outfall.Subkind.choices),
        help=_("按 HJ 1312-2023，新增时必填。"), aliases=("类型", "排污口类型"),
    ),
    Column("state", _("处置状态"), _("规范整治中"), choices=tuple(Outfall.State.choices), aliases=("状态",)),
    Column("department", _("监管部门"), "ecology", help=_("部门的代码、名称或简称，新增时必填。"), aliases=("部门",)),
    Column("river", _("河流编码"), "R-01", help=_("河流或湖库的编码或名称，可以不写。"), aliases=("河流", "受纳水体")),
    Column("operator", _("责任主体"), ""),
    Column("requirement", _("排放要求"), ""),
    Column("flows_when_dry", _("晴天有水流出"), _("否"), choices=YES_NO),
    Column("points", _("影响的点位"), "", help=_("点位编码，用顿号隔开；离排污口不超过 3 公里。")),
    Column(
        "lng", _("经度"), examples.fill_lazily("%(lng)s"), help=_("WGS 84，度。"), aliases=("lon", "longitude", "x")
    ),
    Column("lat", _("纬度"), examples.fill_lazily("%(lat)s"), help=_("WGS 84，度。"), aliases=("latitude", "y")),
)  # fmt: skip
HEADS = {column.name: column.head for column in COLUMNS}


def _outfalls() -> QuerySet[Outfall]:
    points = MonitoringPoint.objects.only("code")
    rows = Outfall.objects.select_related("department", "river").prefetch_related(Prefetch("points", points))
    return rows.defer("river__surface")


def find_outfall(row: SheetRow) -> Outfall | None:
    return _outfalls().filter(code=row["code"]).first()


def write_outfall(actor: Asker, row: GivenRow) -> Outfall:
    """Register an outfall, or change one that is there; its place is corrected on its page alone."""
    known, names = find_outfall(row), _Names([row])
    if known is None:
        add_outfall(actor, _new(row, names))
    else:
        _change(actor, row, known, _facts(row, names))
    found = find_outfall(row)
    assert found is not None  # noqa: S101 - it was just written
    return found


def write_outfalls(actor: Asker, rows: Sequence[GivenRow]) -> list[Any]:
    """New outfalls together; of one that is there each change is a matter of its own."""
    names = _Names(rows)
    there = {outfall.code: outfall for outfall in _outfalls().filter(code__in={row["code"] for row in rows})}
    new = [row for row in rows if row["code"] not in there]
    written = iter(read_and_written(new, lambda row: _new(row, names), lambda given: add_outfalls(actor, given)))
    return [_unchanged(row, there[row["code"]], names) if row["code"] in there else next(written) for row in rows]


class _Names:
    """What the rows of a file name: departments and waters, read at once."""

    def __init__(self, rows: Sequence[SheetRow]) -> None:
        self.departments, self.rivers = departments_of(rows), rivers_of(rows)


def _new(row: GivenRow, names: _Names) -> NewOutfall:
    """What a row says of a new outfall. Raises BadInput."""
    points = split_names(row["points"]) if "points" in row else None
    return NewOutfall(required_text(row, "code", HEADS, 30), needed_shape(row), _facts(row, names), points)


def _unchanged(row: GivenRow, outfall: Outfall, names: _Names) -> Outfall | None:
    """The outfall, where a row says nothing new of it; None where it does, or cannot be read."""
    try:
        facts = _facts(row, names)
    except BadInput:
        return None
    is_same = all(getattr(outfall, name) == value for name, value in facts.items()) and not _moves(row, outfall)
    points = {point.code for point in outfall.points.all()}
    return outfall if is_same and ("points" not in row or set(split_names(row["points"])) == points) else None


def _moves(row: GivenRow, outfall: Outfall) -> bool:
    return row.shape is not None and row.shape.distance(outfall.geom) > MOST_MOVED_DEGREES


def _change(actor: Asker, row: GivenRow, known: Outfall, facts: dict[str, Any]) -> None:
    if _moves(row, known):
        raise refuse("lng", "not-here", gettext("排污口已经登记，位置不能按表更改。"))
    change_outfall(known.pk, actor, expected_version=known.version, values=facts)
    if "points" in row:
        known.refresh_from_db(fields=["version"])
        link_points(known.pk, actor, split_names(row["points"]), expected_version=known.version)


def _facts(row: GivenRow, names: _Names) -> dict[str, Any]:
    facts: dict[str, Any] = {"name": required_text(row, "name", HEADS, 80)}
    for column, choices in (("subkind", Outfall.Subkind.choices), ("state", Outfall.State.choices)):
        if row[column]:
            facts[column] = choice_value(row, column, choices, HEADS)
    if row["department"]:
        facts["department"] = names.departments.of(row, "department")
    if "river" in row:
        facts["river"] = names.rivers.of(row, "river")
    for column, most in (("operator", 80), ("requirement", 200)):
        if column in row:
            facts[column] = optional_text(row, column, HEADS, most)
    if row["flows_when_dry"]:
        facts["flows_when_dry"] = choice_value(row, "flows_when_dry", YES_NO, HEADS) == "yes"
    return facts


def outfall_cells(outfall: Outfall) -> dict[str, str]:
    return {
        "code": outfall.code,
        "name": outfall.name,
        "subkind": outfall.subkind,
        "state": outfall.state,
        "department": outfall.department.code,
        "river": outfall.river.code if outfall.river else "",
        "operator": outfall.operator,
        "requirement": outfall.requirement,
        "flows_when_dry": yes_no_cell(outfall.flows_when_dry),
        "points": "、".join(sorted(point.code for point in outfall.points.all())),
        "shape": shape_cell(outfall.geom),
    }


OUTFALLS = Dataset(
    slug="outfalls",
    title=_("入河排污口"),
    about=_("排污口名录：类型、监管部门、位置和影响的点位。可以是带经纬度的表，也可以是点图层。先导入点位。"),
    columns=COLUMNS,
    key=("code",),
    rows=_outfalls,
    find=find_outfall,
    write=write_outfall,
    find_many=by_code(_outfalls),
    write_many=write_outfalls,
    cells=outfall_cells,
    shape=Shape.POINT,
)
