"""Public pages of deputies, with what the law lets be public, and their codes."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from stations.duty.permissions import may_keep_duty_of
from stations.duty.public_figures import public_years
from stations.receptions.queries import reception_days
from stations.receptions.table import TABLE
from stations.register.filters import DeputyFilter
from stations.register.models import Deputy
from stations.register.permissions import deputies_visible_to, deputy_of, stations_visible_to
from stations.register.queries import with_seats
from ui.pagination import page_of
from ui.qr import qr_svg

PAGE_SIZE = 40


@require_safe
def deputy_list(request: HttpRequest) -> HttpResponse:
    """Deputies in office, by name, electoral district and station."""
    shown = with_seats(deputies_visible_to(request.user))
    visible = shown.select_related("station__area").order_by("station__code", "name")
    chosen = DeputyFilter(request.GET, queryset=visible, request=request)
    context = {"page": page_of(request, chosen.qs, PAGE_SIZE), "form": chosen.form}
    return render(request, "stations/deputies.html", context)


@require_safe
def deputy(request: HttpRequest, page_code: str) -> HttpResponse:
    """One deputy: electoral district, station, reception days, and duties counted by year."""
    found = _deputy_or_404(request, page_code)
    days = reception_days(request.user)
    context = {
        "deputy": found,
        "station": found.station,
        "upcoming": days.filter(
            deputies=found, status__in=TABLE.in_group("to_be_held"), ends_at__gte=timezone.now()
        ).order_by("starts_at")[:6],
        "past": days.filter(held=True, attendances__deputy=found).order_by("-starts_at")[:6],
        "years": public_years(found),
        "sees_report": may_keep_duty_of(request.user, found) or deputy_of(request.user) == found,
        "this_year": timezone.localdate().year,
    }
    return render(request, "stations/deputy.html", context)


@require_safe
@cache_control(public=True, max_age=3600)
def deputy_qr(request: HttpRequest, page_code: str) -> HttpResponse:
    """The deputy's QR code (代表码), which opens her page."""
    found = _deputy_or_404(request, page_code)
    return _svg(request.build_absolute_uri(found.get_absolute_url()))


@require_safe
@cache_control(public=True, max_age=3600)
def station_qr(request: HttpRequest, code: str) -> HttpResponse:
    """The station's QR code, which opens its page."""
    station = get_object_or_404(stations_visible_to(request.user), code=code)
    return _svg(request.build_absolute_uri(reverse("stations:detail", args=[station.code])))


def _deputy_or_404(request: HttpRequest, page_code: str) -> Deputy:
    shown = with_seats(deputies_visible_to(request.user))
    visible = shown.select_related("station__area").prefetch_related("constituency")
    return get_object_or_404(visible, page_code=page_code)


def _svg(address: str) -> HttpResponse:
    return HttpResponse(qr_svg(address), content_type="image/svg+xml")
