"""Ordering a report."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from geokit.refusal import Busy, NotPermitted, refuse
from jobs.queue import enqueue
from ledger.actors import account_of
from ledger.audit import record
from ledger.locks import wait_turn
from papers.models import CongressSession
from reporting.boards.permissions import boards_visible_to
from reporting.quarterly.compose import PARTS
from reporting.quarterly.models import GIVEN_UP, Kind, QuarterlyReport
from reporting.quarterly.permissions import may_order
from river_monitoring.standard.averages import Span

JOB = "reporting.quarterly.jobs.make_report"
MOST_BOARDS = 12
State = QuarterlyReport.State


@transaction.atomic
def order_report(user: Asker, span: Span, boards: Sequence[str] = ()) -> QuarterlyReport:
    """Have the report on a quarter or a year made in the background, with boards (their slugs) in it.

    Raises NotPermitted for who may not, BadInput for an unknown board, Busy while the same report is being made.
    """
    require_may_order(user)
    is_year = span.period == "year"
    about = {
        "kind": Kind.YEAR if is_year else Kind.QUARTER,
        "year": span.year,
        "quarter": 0 if is_year else span.number,
    }
    return _order(user, about, boards)


@transaction.atomic
def order_pack(
    user: Asker, session: CongressSession, parts: Sequence[str], boards: Sequence[str] = ()
) -> QuarterlyReport:
    """Have the pack for a session made in the background. Raises as `order_report`, BadInput for an unknown part."""
    require_may_order(user)
    if unknown := [part for part in parts if part not in PARTS]:
        raise refuse("parts", "unknown-part", _("没有“%s”这一部分。") % unknown[0][:40])
    if not parts and not boards:
        raise refuse("parts", "empty-pack", _("请至少选一部分内容或一块看板。"))
    return _order(user, {"kind": Kind.SESSION, "year": session.opens_on.year, "session": session}, boards, parts)


def require_may_order(user: Asker) -> None:
    """Raise NotPermitted for who may not have reports made."""
    if not may_order(user):
        raise NotPermitted(_("出监督报告需要区人大工作人员账号。"))


def _order(user: Asker, about: dict[str, Any], slugs: Sequence[str], parts: Sequence[str] = ()) -> QuarterlyReport:
    boards = _boards(user, slugs)
    wait_turn("reporting.report")  # ordered twice at once, the second finds the first being made
    same = QuarterlyReport.objects.select_for_update(of=("self",)).filter(**about)
    _give_up_lost(same)
    contents = {"boards": boards, "parts": [part for part in PARTS if part in parts]}
    public = boards_visible_to(None).filter(slug__in=boards).count()
    report = QuarterlyReport(**about, contents=contents, is_inner=public < len(boards), ordered_by=account_of(user))
    if same.filter(state__in=(State.QUEUED, State.RUNNING)).exists():
        raise Busy(_("%(report)s正在生成，请等它完成。") % {"report": report.name}, code="report-being-made")
    report.save()
    record(user, "report.ordered", report, quarter=str(report.span), kind=str(report.kind))
    enqueue(JOB, report.pk)
    return report


def _boards(user: Asker, slugs: Sequence[str]) -> list[str]:
    """The boards that were asked for, each once, in their own order."""
    if len(set(slugs)) > MOST_BOARDS:
        raise refuse("boards", "too-many", _("一份报告最多放 %d 块看板。") % MOST_BOARDS)
    found = list(boards_visible_to(user).filter(slug__in=slugs).values_list("slug", flat=True))
    if unknown := [slug for slug in slugs if slug not in found]:
        raise refuse("boards", "unknown-board", _("没有看板“%s”。") % unknown[0][:40])
    return found


def _give_up_lost(reports: Any) -> None:
    """What died with its worker no longer stands in the way."""
    lost = reports.filter(state__in=(State.QUEUED, State.RUNNING), touched_at__lt=timezone.now() - GIVEN_UP)
    lost.update(state=State.FAILED, problem=_("生成中断，请重新生成。"))
