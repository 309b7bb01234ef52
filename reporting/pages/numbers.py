"""`/numbers/`: how matters are answered, filtered as one, and what the other rooms count beside it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.tokens.by_token import by_token
from accounts.tokens.reading import READS
from reporting.dashboard import export, page_data
from reporting.dashboard.related_figures import related
from reporting.dashboard.selection import SelectionForm
from reporting.indicators.room_figures import sources
from ui.downloads import file_response


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show counts with their denominators, as far as the reader may see what is counted."""
    form = SelectionForm(request.user, request.GET or {"by": "area"})
    choice = form.choice()
    today = timezone.localdate()
    context: dict[str, Any] = {"form": form, "as_of": timezone.localtime()}
    shown = page_data.numbers_of(request.user, choice, today)
    context |= page_data.context(request.user, shown, today)
    context["may_see_matters"] = page_data.may_see_matters(request.user)
    if choice.is_narrow:
        others = related(request.user, choice, today)
        context |= {"related": others, "on_map": others.on_map | shown.on_map()}
    else:
        context["sections"] = [source.section(request.user) for source in sources().values() if source.section]
    return render(request, "reporting/dashboard/page.html", context)


@by_token(READS)
@require_safe
def download(request: HttpRequest, extension: str) -> HttpResponse:
    """What the page with the same query shows, as a file; one drawing of it as PNG (``chart=map|days|months``)."""
    if extension not in export.FORMATS or not page_data.may_see_matters(request.user):
        raise Http404
    shown = page_data.numbers_of(request.user, SelectionForm(request.user, request.GET).choice())
    content = export.write(shown, extension, request.GET.get("chart", ""))
    response = file_response(content, f"numbers-{timezone.localdate()}.{extension}")
    response["Cache-Control"] = "private, no-store"
    return response
