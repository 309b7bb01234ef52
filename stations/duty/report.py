"""The yearly duty report of a deputy, and of all deputies as one table."""

import io
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext

from accounts import rules as district_rules
from accounts.permissions import Asker
from stations.duty.models import DutyRecord
from stations.duty.permissions import duties_visible_to
from stations.duty.points import Score, rules, score
from stations.register.models import Deputy
from stations.register.permissions import deputies_kept_by, in_office
from ui.downloads import SafeWorkbook


@dataclass(frozen=True)
class Report:
    """One deputy's year: her records, the newest first, and their score."""

    deputy: Deputy
    year: int
    records: list[DutyRecord]
    score: Score
    pending: int
    """Records that wait to be confirmed and do not count yet."""


def report_of(user: Asker, deputy: Deputy, year: int) -> Report:
    """Return what `user` may see of a deputy's year."""
    visible = duties_visible_to(user).filter(deputy=deputy, on__year=year)
    records = list(visible.prefetch_related("events__actor"))
    pending = sum(not record.is_confirmed and not record.is_withdrawn for record in records)
    return Report(deputy, year, records, score(records, year), pending)


def years_with_records(deputy: Deputy, today: date) -> list[int]:
    """Return the years that have records, and this one, the newest first."""
    found = DutyRecord.objects.filter(deputy=deputy).order_by().values_list("on__year", flat=True).distinct()
    return sorted({*found, today.year}, reverse=True)


@dataclass(frozen=True)
class RegisterRow:
    """One line of the table of all deputies."""

    deputy: Deputy
    score: Score


def yearly_register(user: Asker, year: int, deputies: QuerySet[Deputy] | None = None) -> list[RegisterRow]:
    """Return every deputy in office, and who did something that year and has left since, each with her year.

    By station and name: a register, not a ranking.
    """
    records: dict[int, list[DutyRecord]] = defaultdict(list)
    for record in duties_visible_to(user).filter(on__year=year):
        records[record.deputy_id].append(record)
    people = deputies if deputies is not None else deputies_kept_by(user).filter(in_office() | Q(pk__in=list(records)))
    known = rules()
    rows = people.select_related("station__area").order_by("station__code", "name", "pk")
    return [RegisterRow(deputy, score(records[deputy.pk], year, known)) for deputy in rows]


def report_workbook(report: Report) -> bytes:
    """Return a deputy's year as XLSX: the sums on one sheet, the records on another."""
    buffer = io.BytesIO()
    with SafeWorkbook(buffer) as book:
        sums, rows = book.add_worksheet(gettext("汇总")), book.add_worksheet(gettext("明细"))
        bold = book.add_format({"bold": True})
        for row, (name, value) in enumerate(_report_head(report)):
            sums.write(row, 0, name, bold)
            sums.write(row, 1, value)
        sums.write_row(8, 0, [gettext("类别"), gettext("次数"), *_if_points(gettext("积分"))], bold)
        for row, line in enumerate(report.score.lines, start=9):
            sums.write_row(row, 0, [str(line.label), line.count, *_if_points(float(line.points))])
        sums.set_column(0, 0, 18)
        rows.write_row(0, 0, [gettext("日期"), gettext("类别"), gettext("事由"), gettext("状态")], bold)
        for row, record in enumerate(report.records, start=1):
            rows.write_row(
                row, 0, [record.on.isoformat(), record.get_kind_display(), record.title, record_state(record)]
            )
        rows.set_column(0, 1, 12)
        rows.set_column(2, 2, 60)
    return buffer.getvalue()


def _report_head(report: Report) -> list[tuple[str, Any]]:
    deputy, sums = report.deputy, report.score
    return [
        (gettext("代表"), deputy.name),
        (gettext("选区"), deputy.electoral_district),
        (gettext("所属联络站"), deputy.station.name),
        (gettext("年度"), report.year),
        (gettext("履职天数"), sums.days),
        (gettext("应履职天数"), sums.required_days),
        *_if_points((gettext("积分"), float(sums.points))),
    ]


def _if_points(cell: Any) -> list[Any]:
    """The cell where the district counts points (rule `duty.points`)."""
    return [cell] if district_rules.value("duty.points") else []


def register_workbook(rows: list[RegisterRow], year: int) -> bytes:
    """Return the register of all deputies of a year as XLSX."""
    buffer = io.BytesIO()
    with SafeWorkbook(buffer) as book:
        sheet, bold = book.add_worksheet(str(year)), book.add_format({"bold": True})
        head = [
            gettext("代表"),
            gettext("选区"),
            gettext("所属联络站"),
            gettext("履职天数"),
            gettext("应履职天数"),
            gettext("记录"),
            *_if_points(gettext("积分")),
        ]
        sheet.write_row(0, 0, head, bold)
        for number, row in enumerate(rows, start=1):
            deputy, sums = row.deputy, row.score
            names = [deputy.name, deputy.electoral_district, deputy.station.name]
            counts = [sums.days, sums.required_days, sums.count, *_if_points(float(sums.points))]
            sheet.write_row(number, 0, [*names, *counts])
        sheet.set_column(0, 2, 18)
        sheet.autofilter(0, 0, max(1, len(rows)), len(head) - 1)
    return buffer.getvalue()


def record_state(record: DutyRecord) -> str:
    """Return the label of a record's state: withdrawn, counted or waiting to be confirmed."""
    if record.is_withdrawn:
        return gettext("已撤销")
    return gettext("计入") if record.is_confirmed else gettext("待确认")


def report_period(year: int) -> str:
    """Return the first and last day of a year as text."""
    return f"{date_format(date(year, 1, 1))} – {date_format(date(year, 12, 31))}"
