"""What values were before they were corrected, as rows: how the corrections of another instance come along."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.loads import Column, Dataset, GivenRow
from accounts.loads.cells import number_cell, parse_whole
from accounts.permissions import Asker
from geokit.refusal import refuse
from reporting.datasets.observations import NamedCells, read_number
from reporting.indicators import periods
from reporting.indicators.models import FEATURE, Indicator
from reporting.observations.archive import Earlier, keep_earlier, moment_cell
from reporting.observations.models import EarlierValue, Observation
from reporting.observations.places import Place, about
from river_monitoring.samples.sheet import parse_time
from ui.sheet_rows import optional_text
from ui.sheets import SheetRow

COLUMNS = (
    Column("indicator", _("统计指标"), "pm25", needed=True, aliases=("指标",)),
    Column("area", _("区域"), "330203101", needed=True, aliases=("镇街", "点位")),
    Column("period", _("期间"), "2026-03", needed=True),
    Column("value", _("数值"), "13"),
    Column("plan", _("计划"), ""),
    Column("whole", _("分母"), ""),
    Column("reason", _("理由"), ""),
    Column("said_at", _("报送时间"), "2026-04-02 09:30", needed=True),
    Column("replaced_at", _("更正时间"), "2026-04-08 16:00", needed=True),
)
HEADS = {column.name: column.head for column in COLUMNS}


def _rows() -> QuerySet[EarlierValue]:
    rows = EarlierValue.objects.select_related(
        "observation__indicator__layer", "observation__area", "observation__feature__area"
    )
    return rows.defer("observation__area__geom", "observation__area__point").order_by("pk")


def that_leave() -> QuerySet[EarlierValue]:
    """Of the values that leave."""
    given = _rows().filter(observation__indicator__way=Indicator.Way.GIVEN)
    return given.exclude(observation__indicator__level=FEATURE)


def find(row: SheetRow) -> EarlierValue | None:
    return _find(*NamedCells([row]).cell(row), _moment(row, "replaced_at"))


def _find(indicator: Indicator, place: Place, period: Any, replaced_at: datetime) -> EarlierValue | None:
    if place._state.adding:
        return None
    cell = Observation.objects.filter(about([place]), indicator=indicator, period=period)
    return _rows().filter(observation__in=cell, replaced_at=replaced_at).first()


def write(actor: Asker, row: GivenRow) -> EarlierValue:
    """Keep what stood in a cell before; the same again is the same. Raises Refusal."""
    indicator, place, period = NamedCells([row]).cell(row)
    said = _earlier(row)
    known = _find(indicator, place, period, said.replaced_at)
    if known is not None:
        if _said_by(known) != said:
            raise refuse("replaced_at", "history", gettext("更正前的数据是历史记录，不能修改。"))
        return known
    cell = None
    if not place._state.adding:
        cell = (
            Observation.objects.select_for_update(of=("self",))
            .filter(about([place]), indicator=indicator, period=period)
            .first()
        )
    if cell is None:
        raise refuse("period", "no-value", gettext("这里还没有数据，请先导入指标数据。"))
    return _rows().get(pk=keep_earlier(actor, cell, said).pk)


def _earlier(row: GivenRow) -> Earlier:
    return Earlier(
        value=read_number(row, "value"),
        plan=read_number(row, "plan"),
        whole=parse_whole(row, "whole", HEADS, least=0, most=2**31 - 1) if row["whole"] else None,
        reason=optional_text(row, "reason", HEADS, 200),
        said_at=_moment(row, "said_at"),
        replaced_at=_moment(row, "replaced_at"),
    )


def _said_by(known: EarlierValue) -> Earlier:
    return Earlier(known.value, known.plan, known.whole, known.reason, known.said_at, known.replaced_at)


def _moment(row: SheetRow, column: str) -> datetime:
    at = parse_time(row[column])
    if at is None:
        raise refuse(column, "bad-time", gettext("“%s”不是时间，应写成 2026-11-29 09:30。") % row[column][:40])
    return at


def cells(row: EarlierValue) -> dict[str, str]:
    observation = row.observation
    return {
        "indicator": observation.indicator.code,
        "area": observation.place.code,
        "period": periods.text_of(observation.indicator.period_kind, observation.period),
        "value": number_cell(row.value),
        "plan": number_cell(row.plan),
        "whole": number_cell(row.whole),
        "reason": row.reason,
        "said_at": moment_cell(row.said_at),
        "replaced_at": moment_cell(row.replaced_at),
    }


EARLIER_VALUES = Dataset(
    slug="earlier-values",
    title=_("更正前的数据"),
    about=_("从别的平台转入指标数据时，连同每次更正前的数。只作历史，不能撤销。"),
    columns=COLUMNS,
    key=("indicator", "area", "period", "replaced_at"),
    rows=_rows,
    find=find,
    write=write,
    cells=cells,
    leaves=that_leave,
    areas=lambda row: [row.observation.area],
    lists_missing=False,
)
