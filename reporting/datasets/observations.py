"""Values of indicators as rows of a sheet: long (one value a row), wide by period, or wide by indicator."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.loads import Column, Dataset, GivenRow
from accounts.loads.cells import number_cell, parse_number, parse_whole
from accounts.loads.together import Named, read_and_written
from accounts.models import Area
from accounts.permissions import Asker
from geokit.refusal import BadInput, Refusal, refuse
from reporting.indicators import periods
from reporting.indicators.models import FEATURE, POINT, Indicator
from reporting.observations.archive import in_use, moment_cell, read_archived
from reporting.observations.models import Observation, Way
from reporting.observations.places import Place, about, find_places
from reporting.observations.queries import areas_of
from reporting.observations.recording import LARGEST, Given, record_value, record_values
from river_monitoring.models import MonitoringPoint
from ui.sheets import SheetRow

YES = ("是", "yes", "y", "1", "true")
YEARS_OF_HEADS = 6
AT, OF = "at:", "of:"
DECIMALS: int = Observation._meta.get_field("value").decimal_places

COLUMNS = (
    Column(
        "indicator", gettext_lazy("统计指标"), "pm25", aliases=("指标",),
        help=gettext_lazy("代码或名称；一列一个指标的宽表不写。"),
    ),
    Column(
        "area", gettext_lazy("区域"), "330203101", needed=True, aliases=("镇街", "区划", "点位", "要素"),
        help=gettext_lazy("区域的代码或名称；监测点位的编码或名称；图层要素的业务主键。"),
    ),
    Column(
        "period", gettext_lazy("期间"), "2026-03", aliases=("时间", "月份"),
        help=gettext_lazy("2026、2026-Q1、2026-03、2026-03-05；一列一期的宽表不写。"),
    ),
    Column("value", gettext_lazy("数值"), "31", aliases=("值",)),
    Column("plan", gettext_lazy("计划"), "", aliases=("目标",)),
    Column("whole", gettext_lazy("分母"), ""),
    Column("reason", gettext_lazy("理由"), "", help=gettext_lazy("改已有的数时要写。")),
    Column("confirmed", gettext_lazy("确认"), "", help=gettext_lazy("与上一次相差一千倍以上而确实无误时写“是”。")),
    Column(
        "said_at", gettext_lazy("报送时间"), "",
        help=gettext_lazy("只在转入别的平台的档案时写：一个指标转入一次，一天之内传完；在这里报送过以后，就不能再转入。"),
    ),
)  # fmt: skip
HEADS = {column.name: column.head for column in COLUMNS}


def more_heads() -> dict[str, str]:
    """Heads of wide sheets: periods of the last years, and codes and names of indicators."""
    heads: dict[str, str] = {}
    year = timezone.localdate().year
    for each in range(year - YEARS_OF_HEADS, year + 1):
        for kind in (periods.Kind.YEAR, periods.Kind.QUARTER, periods.Kind.MONTH):
            day = date(each, 1, 1)
            while day.year == each:
                text = periods.text_of(kind, day)
                for word in (text, periods.name_of(kind, day), text.replace("-", "")):
                    heads.setdefault(word.lower(), f"{AT}{text}")
                day = periods.shift(kind, day, 1)
    for code, title in Indicator.objects.filter(way=Indicator.Way.GIVEN).values_list("code", "title"):
        heads |= {code.lower(): f"{OF}{code}", title.lower(): f"{OF}{code}"}
    return heads


def unfold(row: GivenRow) -> Iterable[GivenRow]:
    """A row of a wide sheet as one row a value; a long row stays as it is."""
    wide = [(name, text) for name, text in row.cells.items() if name.startswith((AT, OF)) and text]
    if not wide:
        return [row]
    plain = {name: text for name, text in row.cells.items() if not name.startswith((AT, OF))}
    return [
        GivenRow(row.number, plain | {"period" if name.startswith(AT) else "indicator": name[3:], "value": text})
        for name, text in wide
    ]


class NamedCells:
    """Indicators and places that rows of a file name, read at once."""

    def __init__(self, rows: Sequence[SheetRow]) -> None:
        self._words = {row["area"] for row in rows}
        self._indicators = Named({row["indicator"] for row in rows}, _indicators(), _("统计指标"), "code", "title")
        self._areas: dict[str, Named] = {}
        self._points: Named | None = None
        self._found = find_places(self._asked(rows), None)
        self._in_use = in_use() if any(row["said_at"] for row in rows) else frozenset[int]()

    def _asked(self, rows: Sequence[SheetRow]) -> Iterator[tuple[Indicator, str]]:
        """The points and features of the rows, by indicator and code; what is none is refused with its row."""
        for row in rows:
            with suppress(Refusal):
                indicator = self._indicator(row)
                if not indicator.is_of_areas and row["area"]:
                    yield indicator, self._code(row, indicator)

    def cell(self, row: SheetRow) -> tuple[Indicator, Place, date]:
        """Return where the value of a row stands. Raises Refusal."""
        for name in ("indicator", "area", "period"):
            if not row[name]:
                raise refuse(name, "required", _("没有写“%s”。") % HEADS[name])
        indicator = self._indicator(row)
        place = self._place(row, indicator)
        try:
            return indicator, place, periods.read(indicator.period_kind, row["period"])
        except BadInput as refusal:
            raise refuse("period", refusal.code, refusal.message) from None

    def archived_at(self, row: SheetRow, indicator: Indicator) -> datetime | None:
        """When a value of an archive was said, None for a value that is said now. Raises BadInput."""
        return read_archived(row, "said_at", indicator, self._in_use) if row["said_at"] else None

    def _indicator(self, row: SheetRow) -> Indicator:
        found: Indicator = self._indicators.of(row, "indicator")
        if found is None:
            raise refuse("indicator", "required", _("没有写“%s”。") % HEADS["indicator"])
        return found

    def _place(self, row: SheetRow, indicator: Indicator) -> Place:
        """The area, point or feature that a cell names. Raises BadInput."""
        if indicator.is_of_areas:
            area: Area = self._areas_of(indicator.level).of(row, "area")
            return area
        found = self._found[indicator.pk, self._code(row, indicator)]
        if isinstance(found, Refusal):
            raise found
        return found

    def _areas_of(self, level: str) -> Named:
        if level not in self._areas:
            self._areas[level] = Named(self._words, areas_of(level), _("区划"), "code", "name")
        return self._areas[level]

    def _code(self, row: SheetRow, indicator: Indicator) -> str:
        """The code of a point by its code or name; of a feature what the cell says."""
        if indicator.level != POINT:
            return row["area"]
        if self._points is None:
            self._points = Named(self._words, MonitoringPoint.objects.all(), _("监测点位"), "code", "name")
        point: MonitoringPoint = self._points.of(row, "area")
        return point.code


def find(row: SheetRow) -> Observation | None:
    [found] = find_many([row])
    return found


def find_many(rows: Sequence[SheetRow]) -> list[Observation | None]:
    """What stands in the cells of the rows; nothing where a feature is observed for the first time."""
    said = NamedCells(rows)
    cells = [_cell_or_none(said, row) for row in rows]
    places = {cell[1] for cell in cells if cell is not None}
    standing = _rows().filter(
        about(places),
        indicator__in={cell[0].pk for cell in cells if cell is not None},
        period__in={cell[2] for cell in cells if cell is not None},
    )
    known = {(one.indicator_id, one.place, one.period): one for one in standing} if places else {}
    return [known.get((cell[0].pk, *cell[1:])) if cell is not None else None for cell in cells]


def _cell_or_none(said: NamedCells, row: SheetRow) -> tuple[Indicator, Place, date] | None:
    """The cell of a row; None where it names none, or a feature that is not observed yet."""
    try:
        cell = said.cell(row)
    except Refusal:
        return None
    return None if cell[1]._state.adding else cell


def _indicators() -> QuerySet[Indicator]:
    return Indicator.objects.select_related("layer__current_version")


def write(actor: Asker, row: GivenRow) -> Observation:
    return record_value(actor, _given(row, NamedCells([row]), find(row)), Way.SHEET)


def write_many(actor: Asker, rows: Sequence[GivenRow]) -> list[Any]:
    said, known = NamedCells(rows), iter(find_many(rows))
    return read_and_written(rows, lambda row: _given(row, said, next(known)), lambda given: _record(actor, given))


def _record(actor: Asker, given: list[Given]) -> list[Observation | Refusal | None]:
    return [one.observation if one.refusal is None else one.refusal for one in record_values(actor, given, Way.SHEET)]


def _given(row: GivenRow, said: NamedCells, known: Observation | None) -> Given:
    """What a row says; what it has no column for is as it is `known`."""
    indicator, place, period = said.cell(row)
    whole = parse_whole(row, "whole", HEADS, least=0, most=2**31 - 1) if row["whole"] else None
    at = said.archived_at(row, indicator) if known is None else None
    return Given(
        indicator=indicator,
        place=place,
        period=period,
        value=read_number(row, "value") if "value" in row or known is None else known.value,
        plan=read_number(row, "plan") if "plan" in row or known is None else known.plan,
        whole=whole if "whole" in row or known is None else known.whole,
        reason=_("撤销导入") if row.is_restored else row["reason"],
        confirmed=row.is_restored or row["confirmed"].strip().lower() in YES,
        at=at,
        is_archived=at is not None,
    )


def read_number(row: SheetRow, column: str) -> Decimal | None:
    """The number of a cell with as many digits as are stored: the same sheet again says the same."""
    if not row[column]:
        return None
    most = float(LARGEST)
    return round(parse_number(row, column, HEADS, least=-most, most=most), DECIMALS)


def cells(row: Observation) -> dict[str, str]:
    return {
        "indicator": row.indicator.code,
        "area": row.place.code,
        "period": periods.text_of(row.indicator.period_kind, row.period),
        "value": number_cell(row.value),
        "plan": number_cell(row.plan),
        "whole": number_cell(row.whole),
    }


def _rows() -> QuerySet[Observation]:
    rows = Observation.objects.select_related("indicator__layer", "area", "feature__area")
    return rows.defer("area__geom", "area__point", "feature__area__geom", "feature__area__point")


def remove(actor: Asker, row: Any) -> None:
    """Take a value back: its cell is empty again, and what it said stays on record."""
    given = Given(row.indicator, row.place, row.period, None, reason=_("撤销导入"), confirmed=True)
    record_value(actor, given, Way.SHEET)


def that_leave() -> QuerySet[Observation]:
    """What was handed in: what is computed is computed anew, and layers with their features are loaded anew."""
    return _rows().filter(indicator__way=Indicator.Way.GIVEN).exclude(indicator__level=FEATURE).order_by("pk")


def _said(row: Observation) -> dict[str, str]:
    return {"reason": row.reason, "confirmed": YES[0], "said_at": moment_cell(row.said_at)}


OBSERVATIONS = Dataset(
    slug="observations",
    title=gettext_lazy("指标数据"),
    about=gettext_lazy("监督看板的数据：一行一个数，或一列一期，或一列一个指标。更正要写理由，原来的数留着。"),
    columns=COLUMNS,
    key=("indicator", "area", "period"),
    rows=_rows,
    find=find,
    write=write,
    find_many=find_many,
    write_many=write_many,
    cells=cells,
    remove=remove,
    leaves=that_leave,
    leaves_too=_said,
    more_heads=more_heads,
    unfold=unfold,
    lists_missing=False,
)
