"""The worker's part: make an ordered report and record its progress."""

import logging
from collections.abc import Mapping
from contextlib import nullcontext
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.notices import notify
from geokit.refusal import Refusal
from reporting.quarterly.models import QuarterlyReport
from reporting.quarterly.report import prepare_ordered
from ui.printing import told_of_pages

log = logging.getLogger(__name__)
State, Step = QuarterlyReport.State, QuarterlyReport.Step
WRITTEN = ((Step.PDF, "pdf", 30), (Step.DOCX, "docx", 60), (Step.XLSX, "xlsx", 92))
"""Each file with the percent that is done when it is begun."""
PAGES_AT_ONCE, MANY_PAGES = 5, 100
"""Pages that are told together; half of the PDF's share is done after so many."""


def make_report(pk: int) -> None:
    """Make the report of that number; one that is made, failed or gone is left alone: a repeated job does nothing."""
    report = QuarterlyReport.objects.filter(pk=pk, state__in=(State.QUEUED, State.RUNNING)).first()
    if report is None:
        return
    try:
        _make(report)
    except Refusal as refusal:
        _update(report, state=State.FAILED, problem=refusal.message[:300])
    except Exception:
        log.exception("report %s was not made", report)
        _update(report, state=State.FAILED, problem=_("生成时出错，已记录；请稍后重试。"))
        raise


def _make(report: QuarterlyReport) -> None:
    _update(report, state=State.RUNNING, step=Step.READING, progress=5)
    prepared = prepare_ordered(report)
    made = {}
    for step, suffix, percent in WRITTEN:
        _update(report, step=step, progress=percent)
        with told_of_pages(partial(_told, report)) if step is Step.PDF else nullcontext():
            made[suffix] = prepared.write(suffix)
    _finish(report, made)


def _told(report: QuarterlyReport, pages: int) -> None:
    """Move on while the PDF is set. How many pages there will be is not known: each counts less than the one before."""
    begun, done = (percent for _step, _suffix, percent in WRITTEN[:2])
    if pages % PAGES_AT_ONCE == 0:
        _update(report, progress=begun + round((done - begun) * pages / (pages + MANY_PAGES)))


@transaction.atomic
def _finish(report: QuarterlyReport, made: Mapping[str, bytes]) -> None:
    """It is made: its files are kept together with it, and whoever ordered it gets a notice."""
    for suffix, content in made.items():
        getattr(report, suffix).save(f"{report.span}-{report.pk}.{suffix}", ContentFile(content), save=False)
    files = {suffix: getattr(report, suffix) for suffix in made}
    _update(report, state=State.DONE, step=Step.FINISHED, progress=100, finished_at=timezone.now(), **files)
    title = _("%(report)s已生成") % {"report": report.name}
    address = reverse("reports:list")
    notify([report.ordered_by], "data-report-made", title, url=address, key=f"report:{report.pk}:made")


def _update(report: QuarterlyReport, **values: Any) -> None:
    for name, value in (values | {"touched_at": timezone.now()}).items():
        setattr(report, name, value)
    report.save(update_fields=[*values, "touched_at"])
