"""Calendar feeds: all stations, one station, one reception day."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.calendars.views import calendar_answer
from accounts.looking import as_public
from stations.receptions.calendar import entry_of
from stations.receptions.models import Reception
from stations.receptions.queries import reception_days
from stations.register.permissions import stations_visible_to

PAST = timedelta(days=60)


@require_safe
@cache_control(public=True, max_age=900)
def all_days(request: HttpRequest) -> HttpResponse:
    """Every station's days, those of the last two months included."""
    days = reception_days(as_public(request.user)).filter(starts_at__gte=timezone.now() - PAST).order_by("starts_at")
    return _answer(request, list(days), gettext("代表联络站接待日"), "receptions.ics")


@require_safe
@cache_control(public=True, max_age=900)
def station_days(request: HttpRequest, code: str) -> HttpResponse:
    """One station's days."""
    station = get_object_or_404(stations_visible_to(request.user), code=code)
    days = (
        reception_days(as_public(request.user))
        .filter(station=station, starts_at__gte=timezone.now() - PAST)
        .order_by("starts_at")
    )
    return _answer(request, list(days), station.name, f"{code}.ics")


@require_safe
@cache_control(public=True, max_age=900)
def one_day(request: HttpRequest, pk: int) -> HttpResponse:
    """One reception day, to be put into a calendar."""
    day = get_object_or_404(reception_days(as_public(request.user)), pk=pk)
    return _answer(request, [day], day.station.name, f"reception-{pk}.ics")


def _answer(request: HttpRequest, days: list[Reception], name: str, file_name: str) -> HttpResponse:
    return calendar_answer(request, [entry_of(day) for day in days], name, file_name)
