"""Matters as a file: the list that the page with the same filters shows, every page of it."""

import io
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from supervision.findings.models import Finding
from supervision.matters.permissions import may_see_names
from ui.downloads import csv_text, plain_cell

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MOST_ROWS = 50_000


def write(findings: QuerySet[Finding], extension: str, reader: Any) -> bytes:
    """Return the file; who reported is named only where `reader` may know."""
    rows = findings.select_related("suggestion__department", "suggestion__author", "area", "point", "project")
    lines = [_heads(), *_lines(rows[:MOST_ROWS], reader)]
    return _xlsx(lines) if extension == "xlsx" else csv_text(lines).encode()


def _heads() -> list[str]:
    return [
        _("编号"), _("题目"), _("内容"), _("类别"), _("镇街"), _("地点说明"), _("经度"), _("纬度"), _("点位"),
        _("项目"), _("填报时间"), _("状态"), _("主办单位"), _("答复期限"), _("办理结果"), _("办结时间"), _("提出人"),
    ]  # fmt: skip


def _lines(findings: Iterable[Finding], reader: Any) -> Iterator[list[Any]]:
    for finding in findings:
        matter = finding.suggestion
        author = matter.author if matter.author and may_see_names(reader, matter) else ""
        yield [
            matter.number, matter.title, finding.text, finding.get_category_display(),
            finding.area.name if finding.area else "", finding.address, round(finding.geom.x, 6),
            round(finding.geom.y, 6), finding.point.code if finding.point else "",
            finding.project.code if finding.project else "", _moment(finding.created_at), matter.get_state_display(),
            matter.department.short_name if matter.department else "",
            matter.due_on.isoformat() if matter.due_on else "", matter.get_result_display(),
            _moment(matter.closed_at), str(author),
        ]  # fmt: skip


def _moment(at: Any) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""


def _xlsx(lines: Iterable[list[Any]]) -> bytes:
    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True})
    for number, line in enumerate(lines):
        for column, value in enumerate(line):
            sheet.write(number, column, plain_cell(str(value) if hasattr(value, "translate") else value),
                        None if number else bold)  # fmt: skip
    sheet.freeze_panes(1, 0)
    book.close()
    return out.getvalue()
