"""The register of deputies as a sheet, for the congress staff alone: it carries certificate numbers."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.directory.levels import district_or_above
from accounts.loads.cells import YES_NO
from accounts.models import Area, Role
from accounts.permissions import Asker, has_role
from geokit.refusal import refuse
from stations.register.models import Station
from stations.register.permissions import deputies_kept_by
from stations.register.together import GivenDeputy, upsert_deputy
from ui.sheet_rows import Outcome, RowResult, choice_value, optional_text, required_text, split_names
from ui.sheets import SheetRow

TITLE = pgettext_lazy("list", "人大代表")
COLUMNS = {
    "code": _("代表证号"),
    "name": _("姓名"),
    "station": _("联络站编号"),
    "electoral_district": _("选区"),
    "occupation": _("职业"),
    "constituency": _("选区所含村社"),
    "is_active": _("在任"),
}
NEEDED = ("code", "name", "station")


def example() -> tuple[str, ...]:
    """Return the cells of an example row."""
    return ("DB-900", "示例", "LZ-01", "示例第1选区", "教师", "东社区、西社区", "是")


def may_use(user: Asker) -> bool:
    """Tell whether `user` keeps the register of deputies: congress staff."""
    return has_role(user, Role.STAFF)


def export_rows(user: Asker) -> Iterator[list[Any]]:
    """Yield the deputies of `user`'s area, those who left office too."""
    kept = deputies_kept_by(user).select_related("station").prefetch_related("constituency").order_by("code")
    for deputy in kept:
        villages = "、".join(area.name for area in deputy.constituency.all())
        active = str(YES_NO[0][1] if deputy.is_active else YES_NO[1][1])
        yield [
            deputy.code, deputy.name, deputy.station.code, deputy.electoral_district, deputy.occupation, villages,
            active,
        ]  # fmt: skip


def import_row(actor: Asker, row: SheetRow) -> RowResult:
    """Enter or change one deputy. Columns that are not in the sheet keep what is there."""
    given = read_row(row, Places([row]))
    deputy, is_new, changed = upsert_deputy(actor, given)
    outcome = Outcome.STORED if is_new else Outcome.CHANGED if changed else Outcome.SAME
    return RowResult(row, outcome, deputy.name)


def read_row(row: SheetRow, places: "Places") -> GivenDeputy:
    """Return what a row says. Raises BadInput."""
    code = required_text(row, "code", COLUMNS, 30)
    facts: dict[str, Any] = {"name": required_text(row, "name", COLUMNS, 40), "station": places.station(row)}
    for column in ("electoral_district", "occupation"):
        if column in row.cells:
            facts[column] = optional_text(row, column, COLUMNS, 60)
    if row["is_active"]:
        facts["is_active"] = choice_value(row, "is_active", YES_NO, COLUMNS) == "yes"
    villages = places.villages(row, facts["station"]) if "constituency" in row.cells else None
    return GivenDeputy(code, facts, villages)


def _district_of(area: Area) -> int | None:
    """Return the key of the district that an area lies in; None for one that hangs nowhere."""
    district = district_or_above(area)
    return district.pk if district is not None else None


def _shapes(path: str) -> Iterator[str]:
    """Yield the large columns of an area at the end of a path, and of what it lies in."""
    for area in (path, f"{path}__parent", f"{path}__parent__parent"):
        yield from (f"{area}__geom", f"{area}__point")


class Places:
    """The stations and villages that rows of a sheet name, read at once."""

    def __init__(self, rows: Sequence[SheetRow]) -> None:
        codes = {row["station"] for row in rows}
        stations = Station.objects.select_related("area__parent__parent").defer(*_shapes("area"))
        self._stations = {one.code: one for one in stations.filter(code__in=codes)}
        names = {name for row in rows for name in split_names(row["constituency"])}
        villages = Area.objects.filter(Q(name__in=names) | Q(code__in=names), level=Area.Level.VILLAGE)
        villages = villages.select_related("parent__parent").defer("geom", "point", *_shapes("parent"))
        self._villages: dict[int | None, list[Area]] = defaultdict(list)
        for village in villages if names else ():
            self._villages[_district_of(village)].append(village)

    def station(self, row: SheetRow) -> Station:
        code = required_text(row, "station", COLUMNS, 30)
        if code not in self._stations:
            raise refuse("station", "unknown", gettext("没有编号为 %s 的联络站。") % code)
        return self._stations[code]

    def villages(self, row: SheetRow, station: Station) -> list[Area]:
        """Return the villages of a cell: by name within the station's town, by code, or by a unique name.

        All of the station's district: what voters write from elsewhere is for nobody here.
        """
        found, here = [], self._villages[_district_of(station.area)]
        for name in split_names(row["constituency"]):
            named = [area for area in here if area.name == name]
            inside = [area for area in named if area.parent_id == station.area_id]
            named = inside or [area for area in here if area.code == name] or named
            if len(named) != 1:
                words = gettext("“%s”有好几个，请写区划代码。") if named else gettext("没有名为“%s”的村社。")
                raise refuse("constituency", "unknown", words % name)
            found += named
        return found
