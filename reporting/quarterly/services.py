"""Ordering a report."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from geokit.refusal import Busy, NotPermitted
from jobs.queue import enqueue
from ledger.actors import account_of
from ledger.audit import record
from reporting.quarterly.models import GIVEN_UP, QuarterlyReport
from reporting.quarterly.permissions import may_order
from river_monitoring.standard.averages import Span
from river_monitoring.wording.quality import span_in_words

JOB = "reporting.quarterly.jobs.make_report"
State = QuarterlyReport.State


@transaction.atomic
def order_report(user: Asker, span: Span) -> QuarterlyReport:
    """Have the report on a quarter made in the background.

    Raises NotPermitted for who may not, and Busy while the same report is being made already.
    """
    if not may_order(user):
        raise NotPermitted(_("出监督季报需要区人大工作人员账号。"))
    same = QuarterlyReport.objects.select_for_update().filter(year=span.year, quarter=span.number)
    _give_up_lost(same)
    if same.filter(state__in=(State.QUEUED, State.RUNNING)).exists():
        message = _("%(span)s的季报正在生成，请等它完成。") % {"span": span_in_words(span)}
        raise Busy(message, code="report-being-made")
    report = QuarterlyReport.objects.create(year=span.year, quarter=span.number, ordered_by=account_of(user))
    record(user, "report.ordered", report, quarter=str(span))
    enqueue(JOB, report.pk)
    return report


def _give_up_lost(reports: Any) -> None:
    """What died with its worker no longer stands in the way."""
    lost = reports.filter(state__in=(State.QUEUED, State.RUNNING), touched_at__lt=timezone.now() - GIVEN_UP)
    lost.update(state=State.FAILED, problem=_("生成中断，请重新生成。"))
