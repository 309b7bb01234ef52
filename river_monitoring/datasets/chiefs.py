"""Chiefs of waters and reaches as rows: those in office, and those who left."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.directory.models import Area
from accounts.loads import Column, Dataset, GivenRow
from accounts.loads.cells import day_cell
from accounts.loads.removal import remove_unused
from accounts.loads.together import Named, by_itself, read_and_written
from accounts.permissions import Asker
from geokit.refusal import Refusal, refuse
from river_monitoring.datasets.waters import areas_of, rivers_of
from river_monitoring.network.chief_register import GivenChief, save_chiefs, terms_meant
from river_monitoring.network.models import Chief, Reach
from ui.sheet_rows import choice_value, optional_text, parse_day, required_text
from ui.sheets import SheetRow

COLUMNS = (
    Column("river", _("河流编码"), "R-01", needed=True, help=_("河流或湖库的编码或名称。"), aliases=("河流",)),
    Column("reach", _("河段"), "", help=_("河段的编码或名称；不写就是整条河。"), aliases=("河段编码",)),
    Column("village", _("村社"), "", help=_("村级河长负责的村社，代码或名称。")),
    Column("level", _("层级"), _("县级"), needed=True, choices=tuple(Chief.Level.choices), aliases=("级别",)),
    Column("duty", _("身份"), _("河长"), choices=tuple(Chief.Duty.choices), help=_("不写就是河长。")),
    Column("name", _("姓名"), _("示例"), needed=True, aliases=("河长姓名",)),
    Column("post", _("职务"), ""),
    Column("public_phone", _("公开电话"), "", help=_("办公或监督电话，会公示")),
    Column("mobile", _("手机"), "", help=_("不公开")),
    Column("since", _("任职日期"), "2026-01-01", help=_("离任后又回任的，按任职日期分别。")),
    Column("until", _("离任日期"), "", help=_("不写就是在任。")),
)
HEADS = {column.name: column.head for column in COLUMNS}
TEXTS = (("post", 60), ("public_phone", 30), ("mobile", 30))


def _chiefs() -> QuerySet[Chief]:
    rows = Chief.objects.select_related("river", "reach", "area").order_by("pk")
    return rows.defer("river__surface", "reach__geom", "area__geom", "area__point")


class _Names:
    """The waters, reaches and villages that rows of a file name, read at once."""

    def __init__(self, rows: Sequence[SheetRow]) -> None:
        self.rivers = rivers_of(rows)
        reaches = Reach.objects.defer("geom")
        self.reaches = Named((row["reach"] for row in rows), reaches, gettext("河段"), "code", "name")
        villages = Area.objects.filter(level=Area.Level.VILLAGE).defer("geom", "point")
        self.villages = Named((row["village"] for row in rows), villages, gettext("村社"), "code", "name")


def _given(row: SheetRow, names: _Names) -> GivenChief:
    """What a row says; an empty first day says nothing, unless it was empty before. Raises BadInput."""
    river = names.rivers.of(row, "river")
    if river is None:
        raise refuse("river", "required", gettext("没有写“%s”。") % HEADS["river"])
    facts: dict[str, Any] = {column: optional_text(row, column, HEADS, most) for column, most in TEXTS if column in row}
    if row["since"] or getattr(row, "is_restored", False):
        facts["since"] = parse_day(row, "since") if row["since"] else None
    if "until" in row:
        facts["until"] = parse_day(row, "until") if row["until"] else None
    return GivenChief(
        river=river,
        reach=names.reaches.of(row, "reach"),
        area=names.villages.of(row, "village"),
        level=choice_value(row, "level", Chief.Level.choices, HEADS),
        duty=choice_value(row, "duty", Chief.Duty.choices, HEADS) if row["duty"] else str(Chief.Duty.CHIEF),
        name=required_text(row, "name", HEADS, 40),
        facts=facts,
    )


def find_chiefs(rows: Sequence[SheetRow]) -> list[Chief | None]:
    names = _Names(rows)
    wanted = [_or_none(row, names) for row in rows]
    rivers = {one.river.pk for one in wanted if one is not None}
    return terms_meant(wanted, _chiefs().filter(river__in=rivers) if rivers else ())


def _or_none(row: SheetRow, names: _Names) -> GivenChief | None:
    try:
        return _given(row, names)
    except Refusal:  # said where the row is written
        return None


def find_chief(row: SheetRow) -> Chief | None:
    return find_chiefs([row])[0]


def write_chiefs(actor: Asker, rows: Sequence[GivenRow]) -> list[Any]:
    names = _Names(rows)
    return read_and_written(rows, lambda row: _given(row, names), lambda given: save_chiefs(actor, given))


def chief_cells(chief: Chief) -> dict[str, str]:
    return {
        "river": chief.river.code,
        "reach": chief.reach.code if chief.reach else "",
        "village": chief.area.code if chief.area else "",
        "level": chief.level,
        "duty": chief.duty,
        "name": chief.name,
        "post": chief.post,
        "public_phone": chief.public_phone,
        "mobile": chief.mobile,
        "since": day_cell(chief.since),
        "until": day_cell(chief.until),
    }


CHIEFS = Dataset(
    slug="chiefs",
    title=_("河长"),
    about=_("各级河长、河道警长和保洁员：负责整条河、一个河段或一个村社。换人时旧的写上离任日期，新的另写一行。"),
    columns=COLUMNS,
    key=("river", "reach", "village", "level", "duty", "name", "since"),
    rows=_chiefs,
    find=find_chief,
    write=by_itself(find_chief, write_chiefs),
    find_many=find_chiefs,
    write_many=write_chiefs,
    cells=chief_cells,
    remove=remove_unused,
    areas=lambda chief: areas_of(chief.river),
)
