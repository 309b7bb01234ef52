"""Held receptions as a sheet: one row a reception, identified by station and start."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Asker, inside
from geokit.refusal import refuse
from stations.receptions.models import Reception
from stations.receptions.past import record_past
from stations.receptions.permissions import receptions_visible_to
from stations.receptions.plans import ReceptionPlan
from stations.receptions.queries import with_counts
from stations.register.models import Deputy, Station
from stations.register.permissions import stations_run_by
from stations.sheets.stations import may_use as may_use  # who keeps stations keeps their receptions
from ui.sheet_rows import (
    Outcome,
    RowResult,
    choice_value,
    number_in_cell,
    optional_text,
    parse_day,
    parse_moment,
    required_text,
    split_names,
)
from ui.sheets import SheetRow

TITLE = _("接待记录")
COLUMNS = {
    "station": _("联络站编号"),
    "date": _("日期"),
    "starts": _("开始"),
    "ends": _("结束"),
    "kind": _("类型"),
    "theme": _("主题"),
    "online_url": _("网上接待地址"),
    "deputies": _("到场代表"),
    "visitors": _("接待选民（人）"),
    "summary": _("接待小结"),
    "matters": _("事项（件）"),
    "settled": _("办结（件）"),
}
NEEDED = ("station", "date", "starts", "ends", "deputies", "visitors")
READ_ONLY = ("matters", "settled")
"""Counted from the matters themselves, so they go out and are not read in."""


def example() -> tuple[str, ...]:
    """Return the cells of an example row."""
    return (
        "LZ-01", "2026-11-05", "08:30", "11:00", "主题接待", "加装电梯", "", "王晓峰、李旭东", "4", "谈加装电梯",
        "", "",
    )  # fmt: skip


def export_rows(user: Asker) -> Iterator[list[Any]]:
    """Yield what was held at the stations that `user` runs, the oldest first."""
    held = receptions_visible_to(user).filter(held=True, station__in=stations_run_by(user))
    rows: Any = with_counts(held).select_related("station").prefetch_related("attendances__deputy")
    for day in rows.order_by("starts_at", "pk"):
        starts, ends = timezone.localtime(day.starts_at), timezone.localtime(day.ends_at)
        names = "、".join(row.deputy.name for row in day.attendances.all())
        yield [
            day.station.code, starts.date().isoformat(), f"{starts:%H:%M}", f"{ends:%H:%M}",
            str(day.get_kind_display()), day.theme, day.online_url, names, day.visitors, day.summary, day.received,
            day.settled,
        ]  # fmt: skip


def import_row(actor: Asker, row: SheetRow) -> RowResult:
    """Record one reception that was held."""
    station = _station(actor, row)
    day = parse_day(row, "date")
    people = _deputies(actor, row, station)
    plan = ReceptionPlan(
        kind=choice_value(row, "kind", Reception.Kind.choices, COLUMNS) if row["kind"] else "",
        starts_at=parse_moment(row, day, "starts"),
        ends_at=parse_moment(row, parse_day(row, "ends_date") if row["ends_date"] else day, "ends"),
        deputies=people,
        theme=optional_text(row, "theme", COLUMNS, 80),
        online_url=optional_text(row, "online_url", COLUMNS, 200),
    )
    done, is_new, changed = record_past(
        actor,
        station,
        plan,
        visitors=_visitors(row),
        present=people,
        summary=optional_text(row, "summary", COLUMNS, 2000),
    )
    outcome = Outcome.STORED if is_new else Outcome.CHANGED if changed else Outcome.SAME
    return RowResult(row, outcome, f"{done.station.name} {day.isoformat()}")


def cells_from_json(body: Mapping[str, Any]) -> dict[str, str]:
    """Return an object of the API as the cells of a row, with dates and times in separate cells.

    `ends_date` is the API's alone: what a sheet says began and ended on one day.
    """
    cells = {
        name: _text(body.get(name, "")) for name in ("station", "kind", "theme", "online_url", "summary", "visitors")
    }
    for name, clock, day in (("starts_at", "starts", "date"), ("ends_at", "ends", "ends_date")):
        local = timezone.localtime(body[name])
        cells |= {clock: f"{local:%H:%M:%S}", day: local.date().isoformat()}
    return cells | {"deputies": "\n".join(body["deputies"])}


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _station(actor: Asker, row: SheetRow) -> Station:
    """Return the station of a cell; one that `actor` may not run is reported as unknown."""
    code = required_text(row, "station", COLUMNS, 30)
    station = stations_run_by(actor).filter(code=code).distinct().first()
    if station is None:
        raise refuse("station", "unknown", gettext("没有编号为 %s 的联络站，或者它不归您管。") % code)
    return station


def _deputies(actor: Asker, row: SheetRow, station: Station) -> list[Deputy]:
    """Return the deputies of a cell: by certificate number, by name at the station, or by a unique name.

    Nobody writes duty for another district's deputies.
    """
    found, people = [], Deputy.objects.filter(inside(actor, "station__area"))
    for name in split_names(required_text(row, "deputies", COLUMNS, 2000)):
        own = list(people.filter(name=name, station=station))
        named = list(people.filter(code=name)) or own or list(people.filter(name=name)[:2])
        if len(named) != 1:
            nobody = gettext("没有叫“%s”的代表，请核对，或写代表证号。")
            words = gettext("叫“%s”的不止一位，请写代表证号。") if named else nobody
            raise refuse("deputies", "unknown", words % name)
        found += [deputy for deputy in named if deputy not in found]
    return found


def _visitors(row: SheetRow) -> int:
    if (number := number_in_cell(row["visitors"], 0, 2000)) is None:
        raise refuse("visitors", "not-a-number", gettext("接待选民“%s”应是 0 到 2000 的整数。") % row["visitors"])
    return number
