"""The numbers of the district on one page: a dashboard that filters as one, and each room's own figures below."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from inspections.patrols import queries as patrols
from projects.plan import statistics as projects
from reporting.dashboard import export, page_data, related_figures
from reporting.dashboard.selection import ChoiceForm
from river_monitoring.statistics.overview import district_numbers
from stations.statistics import queries as stations


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show counts with their denominators, as far as the reader may see what is counted."""
    form = ChoiceForm(request.user, request.GET or {"by": "area"})
    choice = form.choice()
    today = timezone.localdate()
    context: dict[str, Any] = {"form": form, "as_of": timezone.localtime()}
    shown = page_data.look(request.user, choice, today)
    context |= page_data.context(request.user, shown, today)
    context["may_see_matters"] = page_data.may_see_matters(request.user)
    if choice.is_narrow:
        context |= {"also": related_figures.figures(request.user, choice), "also_note": related_figures.note()}
        context["on_map"] = related_figures.on_map(request.user, choice) | shown.on_map()
    else:
        context |= {
            "river": district_numbers(request.user),
            "projects": projects.numbers(request.user),
            "stations": stations.numbers(request.user),
            "patrols": patrols.numbers(),
        }
    return render(request, "numbers.html", context)


@require_safe
def download(request: HttpRequest, extension: str) -> HttpResponse:
    """What the page with the same query shows, as a file; one drawing of it as PNG (``chart=map|days|months``)."""
    if extension not in export.FORMATS or not page_data.may_see_matters(request.user):
        raise Http404
    shown = page_data.look(request.user, ChoiceForm(request.user, request.GET).choice())
    content = export.write(shown, extension, request.GET.get("chart", ""))
    response = HttpResponse(content, content_type=export.FORMATS[extension])
    response["Content-Disposition"] = f'attachment; filename="numbers-{timezone.localdate()}.{extension}"'
    response["Cache-Control"] = "private, no-store"
    return response
