"""Matters as a file: the list that the page with the same filters shows, every page of it."""

from collections.abc import Iterable, Iterator
from itertools import batched, chain
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from supervision.desk.things import projects_seen
from supervision.findings.models import Finding
from supervision.matters.filters import FindingFilter
from supervision.matters.models import Suggestion
from supervision.matters.permissions import findings_visible_to, matters_of_findings, may_see_names, shown_of_findings
from supervision.matters.queries import findings_for_lists
from ui.forms.refusable import check_filter

MOST_ROWS = 1_000_000
"""Beyond what a worksheet holds."""
BATCH = 2_000
PLACE = "suggestion__area"
ABOVE = (PLACE, f"{PLACE}__parent", f"{PLACE}__parent__parent")
"""The town of a matter, its district and what that lies in: whose staff may know who reported it."""


def chosen(reader: Asker, query: QueryDict) -> QuerySet[Finding]:
    """What the list with the same filters shows `reader`, as far as it became a matter. Raises BadInput."""
    found = findings_for_lists(findings_visible_to(reader)).alias(**shown_of_findings(reader))
    asked = FindingFilter(query, queryset=found)
    check_filter(asked.form)
    return asked.qs.filter(suggestion__isnull=False)


def table(reader: Asker, query: QueryDict) -> Iterator[list[Any]]:
    """The rows of the file, its head first."""
    return rows_of(chosen(reader, query), reader)


def rows_of(findings: QuerySet[Finding], reader: Asker) -> Iterator[list[Any]]:
    """The head and a row for each matter; who reported is named only where `reader` may know."""
    rows = findings.select_related("suggestion__department", "suggestion__author", "area", "point", "project")
    rows = rows.select_related(f"{PLACE}__parent__parent").defer(*(f"{each}__geom" for each in ABOVE))
    return chain([_heads()], _lines(rows[:MOST_ROWS].iterator(chunk_size=BATCH), reader))


def _heads() -> list[str]:
    return [
        _("编号"), _("题目"), _("内容"), _("类别"), _("镇街"), _("地点说明"), _("经度"), _("纬度"), _("点位"),
        _("项目"), _("填报时间"), _("状态"), _("主办单位"), _("答复期限"), _("办理结果"), _("办结时间"), _("提出人"),
    ]  # fmt: skip


def _lines(findings: Iterable[Finding], reader: Asker) -> Iterator[list[Any]]:
    for batch in batched(findings, BATCH, strict=False):
        matters, seen = matters_of_findings(reader, batch), projects_seen(batch, reader)
        for finding in batch:
            project = finding.project.code if finding.project and finding.project_id in seen else ""
            yield from (_line(finding, matter, project, reader) for matter in matters[finding.pk])


def _line(finding: Finding, matter: Suggestion, project: str, reader: Asker) -> list[Any]:
    """A matter, or a part of it: what a part is about it says itself."""
    author = matter.author if matter.author and may_see_names(reader, matter) else ""
    said: Finding | Suggestion = matter if matter.finding_id is None else finding
    return [
        matter.number, matter.title, said.text, said.get_category_display(),
        finding.area.name if finding.area else "", finding.address, round(finding.geom.x, 6),
        round(finding.geom.y, 6), finding.point.code if finding.point else "",
        project, _moment(finding.created_at), matter.get_state_display(),
        matter.department.short_name if matter.department else "",
        matter.due_on.isoformat() if matter.due_on else "", matter.get_result_display(),
        _moment(matter.closed_at), str(author),
    ]  # fmt: skip


def _moment(at: Any) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""
