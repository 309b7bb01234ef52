"""The numbers of the district on one page: a dashboard that filters as one, and each room's own figures below."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from projects.plan import queries as projects
from river_monitoring.points import queries as river
from stations.register import queries as stations
from supervision.dashboard import also, export, view
from supervision.dashboard.choice import ChoiceForm
from supervision.patrols import queries as patrols


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show counts with their denominators, as far as the reader may see what is counted."""
    form = ChoiceForm(request.user, request.GET or {"by": "area"})
    choice = form.choice()
    today = timezone.localdate()
    context: dict[str, Any] = {"form": form, "as_of": timezone.localtime()}
    shown = view.look(request.user, choice, today)
    context |= view.context(request.user, shown, today)
    context["may_see_matters"] = view.may_see_matters(request.user)
    if choice.is_narrow:
        context |= {"also": also.figures(request.user, choice), "also_note": also.note()}
        context["on_map"] = also.on_map(request.user, choice) | shown.on_map()
    else:
        context |= {
            "river": river.numbers(request.user),
            "projects": projects.numbers(request.user),
            "stations": stations.numbers(request.user),
            "patrols": patrols.numbers(),
        }
    return render(request, "numbers.html", context)


@require_safe
def download(request: HttpRequest, extension: str) -> HttpResponse:
    """What the page with the same query shows, as a file; one drawing of it as PNG (``chart=map|days|months``)."""
    if extension not in export.FORMATS or not view.may_see_matters(request.user):
        raise Http404
    shown = view.look(request.user, ChoiceForm(request.user, request.GET).choice())
    content = export.write(shown, extension, request.GET.get("chart", ""))
    response = HttpResponse(content, content_type=export.FORMATS[extension])
    response["Content-Disposition"] = f'attachment; filename="numbers-{timezone.localdate()}.{extension}"'
    response["Cache-Control"] = "private, no-store"
    return response
