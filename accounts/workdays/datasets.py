"""Days off and days worked as rows of a sheet: what the State Council's yearly notice says, or the district itself."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.loads import Column, Dataset, GivenRow
from accounts.loads.cells import day_cell
from accounts.loads.removal import remove_unused
from accounts.loads.together import by_itself, read_and_written
from accounts.permissions import Asker
from accounts.workdays.models import CalendarDay
from accounts.workdays.services import save_days
from geokit.refusal import BadInput, refuse
from ui.sheet_rows import choice_value, optional_text, parse_day
from ui.sheets import SheetRow

OFF, WORKED = "off", "worked"
KINDS = ((OFF, gettext_lazy("放假")), (WORKED, gettext_lazy("上班")))
FIRST_YEAR, LAST_YEAR = 2000, 2100

COLUMNS = (
    Column("day", gettext_lazy("日期"), "2027-10-01", needed=True, aliases=("日子", "date")),
    Column(
        "kind",
        gettext_lazy("放假或上班"),
        gettext_lazy("放假"),
        needed=True,
        choices=KINDS,
        help=gettext_lazy("周末不用写；调休上班的周末写“上班”。"),
        aliases=("安排", "类型"),
    ),
    Column("name", gettext_lazy("说明"), gettext_lazy("国庆节"), help=gettext_lazy("最多 40 字。"), aliases=("节日",)),
)
HEADS = {column.name: column.head for column in COLUMNS}


def _day(row: SheetRow) -> date:
    day = parse_day(row, "day")
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        words = _("日期应在 %(first)d 年到 %(last)d 年之间。") % {"first": FIRST_YEAR, "last": LAST_YEAR}
        raise refuse("day", "out-of-range", words)
    return day


def find_day(row: SheetRow) -> CalendarDay | None:
    return CalendarDay.objects.filter(day=_day(row)).first()


def find_days(rows: Sequence[SheetRow]) -> list[CalendarDay | None]:
    days: list[date | None] = []
    for row in rows:
        try:
            days.append(_day(row))
        except BadInput:  # said where the row is written
            days.append(None)
    known = {found.day: found for found in CalendarDay.objects.filter(day__in=[day for day in days if day])}
    return [known.get(day) if day else None for day in days]


def write_days(actor: Asker, rows: Sequence[GivenRow]) -> list[Any]:
    return read_and_written(rows, _given, lambda given: save_days(actor, given))


def _given(row: GivenRow) -> tuple[date, dict[str, Any]]:
    facts: dict[str, Any] = {"is_workday": choice_value(row, "kind", KINDS, HEADS) == WORKED}
    if "name" in row:
        facts["name"] = optional_text(row, "name", HEADS, 40)
    return _day(row), facts


def day_cells(found: CalendarDay) -> dict[str, str]:
    return {"day": day_cell(found.day), "kind": WORKED if found.is_workday else OFF, "name": found.name}


DATASETS = (
    Dataset(
        slug="holidays",
        title=gettext_lazy("放假和调休"),
        about=gettext_lazy(
            "按工作日计算的期限用它。系统已有国务院办公厅已公布的年份；新一年的通知出来后，整年一起导入。"
        ),
        columns=COLUMNS,
        key=("day",),
        rows=CalendarDay.objects.all,
        find=find_day,
        write=by_itself(find_day, write_days),
        find_many=find_days,
        write_many=write_days,
        cells=day_cells,
        remove=remove_unused,
        areas=lambda day: [None],
    ),
)
