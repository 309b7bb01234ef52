"""`/reports/texts/`: what people write in reports from one to the next, and the second signature."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import require_district_staff
from geokit.refusal import Refusal
from ledger.actors import account_of
from reporting.pages.forms.reports import TextForm
from reporting.quarterly.models import Kind
from reporting.quarterly.texts import sign_text, standing_of, standings, write_text
from ui.forms.refusable import posted, render_form
from ui.refusals import status_of


@require_safe
@require_district_staff
def texts(request: HttpRequest) -> HttpResponse:
    """Every place for a text: what is printed now, and what waits for a second signature."""
    return _texts(request)


def _texts(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    kinds = [(kind, label, standings(kind)) for kind, label in Kind.choices]
    context = {"kinds": kinds, "me": account_of(request.user), "refusal": refusal}
    return render(request, "reporting/quarterly/texts.html", context, status=status_of(refusal) if refusal else 200)


@require_district_staff
@require_http_methods(["GET", "HEAD", "POST"])
def text(request: HttpRequest, kind: str, slot: str) -> HttpResponse:
    """Write the next wording of one text."""
    standing = standing_of(kind, slot)
    if standing is None:
        raise Http404
    newest = standing.newest
    data = posted(request)
    initial = {"text": newest.text, "number": newest.number} if newest else {"number": 0}
    form = TextForm(data, initial=initial)
    if data is not None and form.is_valid():
        try:
            write_text(request.user, kind, slot, form.cleaned_data["text"], form.cleaned_data["number"])
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已保存，请另一位工作人员审签。审签之前，报告仍用原来的文字。"))
            return redirect("reports:texts")
    context = {"form": form, "standing": standing, "kind": Kind(kind).label}
    return render_form(request, "reporting/quarterly/text.html", context, form)


@require_POST
@require_district_staff
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Stand for somebody else's wording."""
    try:
        sign_text(request.user, pk)
    except Refusal as refusal:
        return _texts(request, refusal)
    messages.success(request, _("已审签，之后生成的报告会用这段文字。"))
    return redirect("reports:texts")
