"""A person's calendar: its page, the steps on it, and the feed at the secret address."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.calendars import feeds, services
from accounts.calendars.entries import Entry, entries_for
from accounts.calendars.forms import BusyForm, FeedForm
from accounts.calendars.models import CalendarFeed, PersonalCalendar
from accounts.calendars.reading import MAX_BYTES
from accounts.calendars.writing import TYPE, write_calendar
from accounts.directory.models import User
from accounts.permissions import require_role
from accounts.rate_limits import Limit, address_of, spend
from accounts.sessions.anew import must_show_anew, to_show_anew
from geokit.refusal import BadInput
from ui.downloads import file_response
from ui.forms.refusable import render_form

PAST = timedelta(days=60)
GUESSES = Limit("calendar-link", 30, timedelta(hours=1))
READS = Limit("calendar-in", 20, timedelta(hours=1))
SHOWN = 20


@require_safe
@require_role()
@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """What comes next, the address for other calendars, and the busy times that were handed in."""
    return _show(request)


@require_POST
@require_role()
@never_cache
def make_address(request: HttpRequest) -> HttpResponse:
    """Make an address; it is in this one answer only. As it opens the calendar without any session, whoever makes one
    shows anew who she is."""
    if must_show_anew(request):
        return to_show_anew(request, reverse("calendars:page"))
    token = services.make_address(_me(request))
    return _show(request, address=request.build_absolute_uri(reverse("calendar_feed", args=[token])))


@require_POST
@require_role()
def end_address(request: HttpRequest) -> HttpResponse:
    services.end_address(_me(request))
    messages.success(request, _("原来的地址已停用。"))
    return redirect("calendars:page")


@require_POST
@require_role()
def read_busy(request: HttpRequest) -> HttpResponse:
    """Read an .ics file; a refusal shows the page."""
    form = BusyForm(request.POST, request.FILES)
    if form.is_valid():
        spend(READS, f"user:{_me(request).pk}")
        try:
            number = services.keep_busy_times(_me(request), form.cleaned_data["file"].read(MAX_BYTES + 1))
        except BadInput as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已读入，今后有 %d 段时间有安排。") % number)
            return redirect("calendars:page")
    return _show(request, form=form)


@require_POST
@require_role()
def forget_busy(request: HttpRequest) -> HttpResponse:
    services.forget_busy_times(_me(request))
    messages.success(request, _("已删除读入的安排。"))
    return redirect("calendars:page")


@require_POST
@require_role()
def set_feed(request: HttpRequest) -> HttpResponse:
    """Read one's own calendar from an address from now on; the address is never shown again."""
    form = FeedForm(request.POST)
    if form.is_valid():
        spend(READS, f"user:{_me(request).pk}")
        try:
            feeds.set_feed(_me(request), form.cleaned_data["url"])
        except BadInput as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已记下地址，马上读取，以后每天读几次。"))
            return redirect("calendars:page")
    return _show(request, feed_form=form)


@require_POST
@require_role()
def end_feed(request: HttpRequest) -> HttpResponse:
    feeds.end_feed(_me(request))
    messages.success(request, _("已停用，从那里读来的安排也已删除。"))
    return redirect("calendars:page")


@require_safe
@never_cache
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar of whose secret this is; an unknown one is 404 and counts against the rate limit."""
    owner = services.owner_of(token)
    if owner is None:
        spend(GUESSES, address_of(request))
        raise Http404
    entries = entries_for(owner, timezone.now() - PAST)
    return calendar_answer(request, entries, _("我的履职安排"), "calendar.ics")


def calendar_answer(request: HttpRequest, entries: list[Entry], name: str, file_name: str) -> HttpResponse:
    """Answer with entries as a calendar."""
    pages = request.build_absolute_uri("/").rstrip("/")
    content = write_calendar(entries, name, request.get_host(), pages)
    return file_response(content, file_name, content_type=TYPE, inline=True)


def _me(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - only who is signed in gets here
    return request.user


def _show(
    request: HttpRequest, form: BusyForm | None = None, address: str = "", feed_form: FeedForm | None = None
) -> HttpResponse:
    user, now = _me(request), timezone.now()
    entries = [entry for entry in entries_for(user, now) if not entry.is_cancelled]
    context: dict[str, Any] = {
        "entries": entries[:SHOWN],
        "calendar": PersonalCalendar.objects.filter(user=user).first(),
        "busy": user.busy_times.filter(ends_at__gt=now, feed=None).count(),
        "feed": CalendarFeed.objects.filter(user=user).defer("secret").first(),
        "feed_busy": user.busy_times.filter(ends_at__gt=now, feed__isnull=False).count(),
        "busy_form": form or BusyForm(),
        "feed_form": feed_form or FeedForm(),
        "form": form or feed_form or BusyForm(),
        "address": address,
    }
    response = render_form(request, "accounts/calendar.html", context)
    if form or feed_form or address:
        response["HX-Push-Url"] = reverse("calendars:page")  # the address of a step takes only POST
    return response
