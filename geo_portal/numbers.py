"""The numbers of the district on one page, each room counting its own."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from projects import queries as projects
from river_monitoring import queries as river
from stations import queries as stations
from supervision import queries as supervision


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show counts with their denominators, as far as the reader may see what is counted."""
    context = {
        "as_of": timezone.localtime(),
        "river": river.numbers(request.user),
        "projects": projects.numbers(request.user),
        "stations": stations.numbers(request.user),
        "supervision": supervision.numbers(request.user),
    }
    return render(request, "numbers.html", context)
