"""The register of stations as a sheet: one row a station, identified by its code."""

from collections.abc import Iterator
from typing import Any

from django.contrib.gis.geos import Point
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.district import examples
from accounts.loads.cells import town_of
from accounts.models import Area, Role
from accounts.permissions import Asker, has_role, role_of
from geokit.refusal import only_answer, refuse
from stations.register.models import Station
from stations.register.permissions import stations_run_by
from stations.register.services import EXAMPLE_DAYS, GivenStation, upsert_stations
from ui.sheet_rows import Outcome, RowResult, choice_value, number_in_cell, optional_text, required_text, split_names
from ui.sheets import SheetRow

TITLE = _("联络站")
COLUMNS = {
    "code": _("编号"),
    "name": _("名称"),
    "kind": _("类型"),
    "area": _("镇街"),
    "address": _("地址"),
    "phone": _("电话"),
    "floor": _("所在楼层"),
    "indoor_m2": _("室内面积（平方米）"),
    "facilities": _("服务设施"),
    "opening": _("接待时间"),
    "lng": _("经度"),
    "lat": _("纬度"),
}
NEEDED = ("code", "name", "kind", "area", "address")


def example() -> tuple[str, ...]:
    """Return the cells of an example row, with the district's own telephone code and coordinates."""
    own = examples.words()
    return (
        "LZ-90", "示例社区联络站", "村社联络站", "示例街道", "示例路1号", own["phone"], "1层", "120",
        "无障碍通道、单独接谈室", EXAMPLE_DAYS, own["lng"], own["lat"],
    )  # fmt: skip


def may_use(user: Asker) -> bool:
    """Tell whether `user` keeps stations: congress staff, and officers of a town's government."""
    return has_role(user, Role.STAFF) or (role_of(user) == Role.OFFICER and stations_run_by(user).exists())


def export_rows(user: Asker) -> Iterator[list[Any]]:
    """Yield the stations that `user` runs, as `import_row` reads them."""
    for station in stations_run_by(user).select_related("area").order_by("code"):
        names = [str(Station.Facility(name).label) for name in station.facilities]
        yield [
            station.code, station.name, str(station.get_kind_display()), station.area.name, station.address,
            station.phone, station.floor, station.indoor_m2 or "", "、".join(names), station.opening,
            round(station.geom.x, 6), round(station.geom.y, 6),
        ]  # fmt: skip


def import_row(actor: Asker, row: SheetRow) -> RowResult:
    """Enter or change one station. Empty cells of place, size and opening days keep what is there."""
    written = only_answer(upsert_stations(actor, [read_row(row, town_of(row, asker=actor))]))
    outcome = Outcome.STORED if written.is_new else Outcome.CHANGED if written.changed else Outcome.SAME
    return RowResult(row, outcome, written.station.name)


def read_row(row: SheetRow, town: Area | None) -> GivenStation:
    """Return what a row says of a station in a town. Raises BadInput."""
    code = required_text(row, "code", COLUMNS, 30)
    required_text(row, "area", COLUMNS, 80)
    facts: dict[str, Any] = {
        "name": required_text(row, "name", COLUMNS, 80),
        "kind": choice_value(row, "kind", Station.Kind.choices, COLUMNS),
        "area": town,
        "address": required_text(row, "address", COLUMNS, 120),
    }
    for column, most in (("phone", 30), ("floor", 20)):
        if column in row.cells:
            facts[column] = optional_text(row, column, COLUMNS, most)
    if row["indoor_m2"]:
        facts["indoor_m2"] = _whole(row, "indoor_m2", 20_000)
    if "facilities" in row.cells:
        facts["facilities"] = _facilities(row)
    return GivenStation(code, facts, _place(row), row["opening"])


def _whole(row: SheetRow, column: str, most: int) -> int:
    if (number := number_in_cell(row[column], 1, most)) is None:
        words = gettext("“%(text)s”应是 1 到 %(most)d 的整数。")
        raise refuse(column, "not-a-number", words % {"text": row[column], "most": most})
    return number


def _facilities(row: SheetRow) -> list[str]:
    known = {str(label): value for value, label in Station.Facility.choices} | {v: v for v in Station.Facility.values}
    names = split_names(row["facilities"])
    if unknown := [name for name in names if name not in known]:
        raise refuse("facilities", "unknown", gettext("没有“%s”这种设施。") % unknown[0])
    return [value for value in Station.Facility.values if value in {known[name] for name in names}]


def _place(row: SheetRow) -> Point | None:
    if not row["lng"] and not row["lat"]:
        return None
    try:
        place = Point(float(row["lng"]), float(row["lat"]), srid=4326)
    except ValueError:
        raise refuse(
            "lng", "not-a-number", examples.fill(gettext("经度和纬度应是小数，例如 %(lng)s 和 %(lat)s。"))
        ) from None
    if not (-180 <= place.x <= 180 and -90 <= place.y <= 90):
        raise refuse("lng", "impossible", gettext("经度和纬度超出范围，或写反了。"))
    return place
