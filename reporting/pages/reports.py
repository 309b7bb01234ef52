"""`/reports/`: reports to read, and the forms that have one made: on a quarter, a year, or for a session."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Role
from accounts.permissions import Asker, require_district_staff, require_role
from accounts.tokens.by_token import by_token
from accounts.tokens.reading import READS
from geokit.refusal import Refusal
from ledger.filestore.responses import stored_response
from reporting.pages.forms.reports import ORDER_FORMS
from reporting.quarterly.models import FORMATS, Kind, QuarterlyReport
from reporting.quarterly.permissions import may_order, reports_visible_to
from reporting.quarterly.quarter import offered_quarters, read_quarter
from reporting.quarterly.services import order_pack, order_report, require_may_order
from river_monitoring.standard.averages import Span
from river_monitoring.wording.quality import span_in_words
from ui.forms.refusable import posted, render_form
from ui.refusals import retry_after, status_of

SHOWN = 40
LOOK_AGAIN_S = 2
READERS = (Role.STAFF, Role.DEPUTY, Role.OFFICER)


@require_role(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def reports(request: HttpRequest) -> HttpResponse:
    """Reports that this person may read, newest first; staff order one by POST."""
    if request.method == "POST":
        require_may_order(request.user)
        try:
            order_report(request.user, read_quarter(request.POST.get("quarter", "")))
        except Refusal as refusal:
            return _list(request, refusal)
        messages.success(request, _("已开始生成，完成后列在下面。"))
        return redirect("reports:list")
    return _list(request)


@require_district_staff
@require_http_methods(["GET", "HEAD", "POST"])
def order(request: HttpRequest, kind: str) -> HttpResponse:
    """Have a report of a kind made, with the boards that are wished."""
    if kind not in Kind.values:
        raise Http404
    data = posted(request)
    form = ORDER_FORMS[Kind(kind)](data, user=request.user)
    if data is not None and form.is_valid():
        try:
            _order(request.user, Kind(kind), form.cleaned_data)
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已开始生成，完成后列在下面。"))
            return redirect("reports:list")
    context = {"form": form, "kind": kind, "title": Kind(kind).label}
    return render_form(request, "reporting/quarterly/order.html", context, form)


def _order(user: Asker, kind: Kind, given: dict[str, Any]) -> None:
    if kind == Kind.SESSION:
        order_pack(user, given["session"], given["parts"], given["boards"])
    elif kind == Kind.YEAR:
        order_report(user, Span(given["year"], 1, "year"), given["boards"])
    else:
        order_report(user, read_quarter(given["quarter"]), given["boards"])


def _list(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    found = list(reports_visible_to(request.user).select_related("ordered_by", "session__congress__area")[:SHOWN])
    is_waiting = any(report.is_open and not report.is_lost for report in found)
    context: dict[str, Any] = {
        "reports": [(report, report.name) for report in found],
        "kinds": Kind.choices,
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
    name = f"{report.name}.{suffix}"
    file = getattr(report, suffix)
    return stored_response(request, file, cache="private, no-store", as_attachment=True, filename=name)
