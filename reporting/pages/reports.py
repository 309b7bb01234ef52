"""`/reports/`: quarterly reports to read, and the button that has one made."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Role
from accounts.permissions import require_role
from accounts.tokens.by_token import by_token
from accounts.tokens.reading import READS
from geokit.refusal import NotPermitted, Refusal
from ledger.filestore.responses import stored_response
from reporting.quarterly.models import FORMATS, QuarterlyReport
from reporting.quarterly.permissions import may_order, reports_visible_to
from reporting.quarterly.quarter import offered_quarters, read_quarter
from reporting.quarterly.services import order_report
from river_monitoring.wording.quality import span_in_words
from ui.refusals import retry_after, status_of

SHOWN = 40
LOOK_AGAIN_S = 2
READERS = (Role.STAFF, Role.DEPUTY, Role.OFFICER)


@require_role(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def reports(request: HttpRequest) -> HttpResponse:
    """Reports that this person may read, newest first; staff order one by POST."""
    if request.method == "POST":
        if not may_order(request.user):
            raise NotPermitted(_("出监督季报需要区人大工作人员账号。"))
        try:
            order_report(request.user, read_quarter(request.POST.get("quarter", "")))
        except Refusal as refusal:
            return _list(request, refusal)
        messages.success(request, _("已开始生成，完成后列在下面。"))
        return redirect("reports:list")
    return _list(request)


def _list(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    found = list(reports_visible_to(request.user).select_related("ordered_by")[:SHOWN])
    is_waiting = any(report.is_open and not report.is_lost for report in found)
    context: dict[str, Any] = {
        "reports": [(report, span_in_words(report.span)) for report in found],
        "may_order": may_order(request.user),
        "quarters": [(f"{span.year}Q{span.number}", span_in_words(span)) for span in offered_quarters()],
        "asked": request.POST.get("quarter", ""),
        "refusal": refusal,
        "is_waiting": is_waiting,
        "look_again": LOOK_AGAIN_S,
        "suffixes": FORMATS,
    }
    answer = render(request, "reporting/quarterly/list.html", context, status=status_of(refusal) if refusal else 200)
    if refusal and (seconds := retry_after(refusal)):
        answer["Retry-After"] = seconds
    if is_waiting and not request.headers.get("HX-Request"):
        answer["Refresh"] = "20"  # where there is no script; with it, the list asks for itself
    return answer


@by_token(READS)
@require_role(*READERS)
@require_safe
def download(request: HttpRequest, pk: int, suffix: str) -> HttpResponseBase:
    """One file of a report that is made; missing and forbidden look the same."""
    report = get_object_or_404(reports_visible_to(request.user), pk=pk, state=QuarterlyReport.State.DONE)
    if suffix not in FORMATS:
        raise Http404
    name = f"{_('监督季报 %(span)s') % {'span': report.span}}.{suffix}"
    file = getattr(report, suffix)
    return stored_response(request, file, cache="private, no-store", as_attachment=True, filename=name)
