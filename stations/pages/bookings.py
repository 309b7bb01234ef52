"""Booking a place at a reception, and cancelling it, without an account."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts import rules
from accounts.rate_limits import Limit, address_of, spend
from geokit.refusal import BadInput
from stations.pages import receptions
from stations.pages.forms.receptions import BookingForm
from stations.receptions import bookings
from stations.receptions.permissions import receptions_visible_to

GUESSES = Limit("booking-link", 30, timedelta(hours=1))


@require_POST
def book(request: HttpRequest, pk: int) -> HttpResponse:
    """Book a place; the answer is the booking's private page."""
    get_object_or_404(receptions_visible_to(request.user), pk=pk)
    form = BookingForm(request.POST)
    if not form.is_valid():
        return receptions.show(request, pk, {"book": form})
    spend(Limit("booking", rules.value("limits.bookings_hour"), timedelta(hours=1)), address_of(request))
    given = {name: form.cleaned_data[name] for name in ("name", "phone", "people", "topic")}
    try:
        _booking, token = bookings.book(pk, **given)
    except BadInput as refusal:
        form.show(refusal)
        return receptions.show(request, pk, {"book": form})
    messages.success(request, gettext("预约成功。请保存这一页的链接，取消预约时要用。"))
    return redirect("stations:booking", token=token)


# The secret in the address is what gives the right, not a cookie; and a page that gives no referrer sends no origin.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def booking(request: HttpRequest, token: str) -> HttpResponse:
    """The private page of a booking; a POST cancels it. An unknown link is 404 and counts against the rate limit."""
    found = bookings.find_booking(token)
    if found is None:
        spend(GUESSES, address_of(request))
        raise Http404
    if request.method == "POST":
        bookings.cancel_booking(token)
        messages.success(request, gettext("预约已取消，名额已让给别人。"))
        return redirect("stations:booking", token=token)
    link = request.build_absolute_uri(reverse("stations:booking", args=[token]))
    response = render(
        request,
        "stations/booking.html",
        {"booking": found, "day": found.reception, "link": link, "link_token": token, "is_private": True},
    )
    response["Referrer-Policy"] = "strict-origin"  # with no-referrer a browser posts from nowhere, which is refused
    response["X-Robots-Tag"] = "noindex"
    return response
