"""Samples of years past as rows: one a point and time, a column for each parameter."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.loads import Column, Dataset, GivenRow
from accounts.permissions import Asker
from geokit.refusal import BadInput, refuse
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.samples.models import Sample
from river_monitoring.samples.past import past_samples, record_past_samples
from river_monitoring.samples.provenance import Provenance
from river_monitoring.samples.sheet import SheetRow as SampleRow
from river_monitoring.samples.sheet import parse_time
from river_monitoring.samples.sheet_heads import parameter_names
from river_monitoring.samples.sheet_import import import_samples
from river_monitoring.standard.evaluation import GB3838_2002
from river_monitoring.steps.sample_quality import VOID
from ui.sheets import SheetRow

EXAMPLES = {"ph": "7.4", "do": "6.8", "codmn": "4.1", "nh3n": "0.35", "tp": "0.12"}
FACTS = ("party", "laboratory", "method", "report_number")


def _parameters() -> tuple[Column, ...]:
    found = []
    for code, parameter in GB3838_2002.parameters.items():
        head = f"{parameter.zh}({parameter.unit})" if parameter.unit else parameter.zh
        found.append(Column(code, head, EXAMPLES.get(code, ""), aliases=(parameter.zh, parameter.en)))
    return tuple(found)


COLUMNS = (
    Column("point", _("点位编码"), "W-101", needed=True, aliases=("编码", "断面编码")),
    Column("time", _("采样时间"), "2025-03-05 09:30", needed=True, aliases=("监测时间", "采样日期", "日期")),
    Column("party", _("采样单位"), "", aliases=("采样机构",)),
    Column("laboratory", _("检测单位"), "", aliases=("检测机构", "分析单位")),
    Column("method", _("分析方法"), "", aliases=("检测方法", "方法")),
    Column("report_number", _("报告编号"), "", aliases=("检测报告编号", "报告号")),
    *_parameters(),
)
PARAMETERS = tuple(GB3838_2002.parameters)


def _more_heads() -> Mapping[str, str]:
    return parameter_names(GB3838_2002)


def find_sample(row: SheetRow) -> Sample | None:
    at = parse_time(row["time"])
    past = past_samples().select_related("point")
    return past.filter(point__code=row["point"], phenomenon_time=at).first() if at else None


def find_samples(rows: Sequence[SheetRow]) -> list[Sample | None]:
    times = [parse_time(row["time"]) for row in rows]
    found = (
        past_samples()
        .select_related("point")
        .filter(point__code__in={row["point"] for row in rows}, phenomenon_time__in={at for at in times if at})
    )
    known = {(sample.point.code, sample.phenomenon_time): sample for sample in found}
    return [known.get((row["point"], at)) if at else None for row, at in zip(rows, times, strict=True)]


def write_sample(actor: Asker, row: GivenRow) -> Sample:
    """Take in one sample as of years past; the same again is the same. Raises BadInput."""
    if not MonitoringPoint.objects.filter(code=row["point"]).exists():
        raise refuse("point", "unknown-point", gettext("没有编码为“%s”的点位。") % row["point"][:60])
    [result] = import_samples([_as_sample_row(row)], actor, is_historic=True)
    if result.sample is None:
        raise BadInput(" ".join(error.message for error in result.errors), code="refused", errors=result.errors)
    return result.sample


def write_samples(actor: Asker, rows: Sequence[GivenRow]) -> list[Any]:
    return record_past_samples(actor, [_as_sample_row(row) for row in rows])


def _as_sample_row(row: GivenRow) -> SampleRow:
    readings = {code: row[code] for code in PARAMETERS if row[code]}
    party, laboratory, method, report_number = (row[name] for name in FACTS)
    provenance = Provenance(party, laboratory, method, report_number)
    return SampleRow(row.number, row["point"], row["time"], readings, provenance=provenance)


def samples_that_leave() -> QuerySet[Sample]:
    """What is history to another instance: one sample a point and time, without automatic ones and rejected ones."""
    valid = Sample.objects.exclude(source=Sample.Source.AUTOMATIC).exclude(quality__in=VOID)
    first = valid.order_by("point_id", "phenomenon_time", "pk").distinct("point_id", "phenomenon_time")
    return first.select_related("point")


def sample_cells(sample: Sample) -> dict[str, str]:
    return {
        "point": sample.point.code,
        "time": timezone.localtime(sample.phenomenon_time).isoformat(),
        "party": sample.party_name,
        "laboratory": sample.laboratory,
        "method": sample.method,
        "report_number": sample.report_number,
        **{code: str(value) for code, value in sample.readings.items()},
    }


SAMPLES = Dataset(
    slug="samples",
    title=_("以往的水样"),
    about=_("平台启用以前的监测数据，一行一份水样；只作历史，不作销号的依据。"),
    columns=COLUMNS,
    key=("point", "time"),
    rows=lambda: past_samples().select_related("point"),
    find=find_sample,
    areas=lambda sample: [sample.point.area],
    write=write_sample,
    find_many=find_samples,
    write_many=write_samples,
    cells=sample_cells,
    leaves=samples_that_leave,
    more_heads=_more_heads,
)
