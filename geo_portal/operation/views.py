"""`/work/operation/`: for administrators, instead of a shell."""

from collections.abc import Callable, Iterable

from django.db import Error, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Role
from accounts.permissions import require_role
from geo_portal.operation import machine, safety, work_in_hand
from geo_portal.operation.lines import BROKEN, OK, Line, Section, worst
from jobs.calls import named
from jobs.models import Job
from jobs.queue import try_again
from ledger import audit

SECTIONS: tuple[tuple[str, object, Callable[[], Iterable[Line]]], ...] = (
    ("backups", gettext_lazy("备份"), safety.backups),
    ("disk", gettext_lazy("磁盘"), machine.disk),
    ("jobs", gettext_lazy("后台任务"), work_in_hand.queue),
    ("mail", gettext_lazy("邮件"), work_in_hand.mail),
    ("chain", gettext_lazy("证据链"), safety.chain),
    ("stations", gettext_lazy("自动站"), work_in_hand.stations),
    ("cache", gettext_lazy("缓存"), machine.shared_cache),
    ("versions", gettext_lazy("版本"), machine.versions),
)


@require_safe
@require_role(Role.ADMIN)
def operation(request: HttpRequest) -> HttpResponse:
    """How everything is that an operator looks after, the worst named first."""
    sections = [section for each in SECTIONS if (section := _section(*each)).lines]
    bad = [line for section in sections for line in section.lines if line.state != OK]
    context = {
        "sections": sections,
        "state": worst(sections),
        "bad": sorted(bad, key=lambda line: line.state != BROKEN),
        "failed": work_in_hand.failed(),
    }
    return render(request, "operation.html", context)


def _section(slug: str, title: object, lines: Callable[[], Iterable[Line]]) -> Section:
    """One subject; what cannot be asked is a line of its own, and the others stand."""
    try:
        return Section(slug, title, list(lines()))
    except (Error, OSError) as error:
        text = str(error).partition("\n")[0]
        return Section(slug, title, [Line(title, text, BROKEN, _("这一项读不出来：请看站点的日志。"))])


@require_POST
@require_role(Role.ADMIN)
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue a failed job again; one of a function that is none any more is not there."""
    job = get_object_or_404(Job, pk=pk, succeeded=False, func__in=named())
    with transaction.atomic():
        if try_again(job):
            audit.record(request.user, "job_tried_again", job, func=job.func)
    return redirect("operation")
