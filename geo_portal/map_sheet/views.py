"""Addresses of the printed map, of cards and of posters."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from rest_framework.throttling import UserRateThrottle

from accounts.tokens.reading import site_of
from geo_portal.map_sheet import cards
from geo_portal.map_sheet.forms import SheetForm
from geo_portal.map_sheet.sheet import sheet_of, write
from geo_portal.map_sheet.subjects import subject_of
from geokit.refusal import Busy, TooMany
from ui.downloads import file_response
from ui.templatetags.share import CARDS

FORMATS = ("pdf", "png")
AT_ONCE = 2
"""Sheets that one process sets at a time; each takes a core and some hundred megabytes."""
PATIENCE_SECONDS = 15
_turns = BoundedSemaphore(AT_ONCE)


class SheetThrottle(UserRateThrottle):
    """How many sheets, cards and posters one person or one network address has set in a minute."""

    scope = "sheets"


@contextmanager
def _turn(request: HttpRequest) -> Iterator[None]:
    """Wait for one's turn, which is counted. Raises TooMany or Busy: type setting takes a second or more of a core."""
    _spend(request)
    if not _turns.acquire(timeout=PATIENCE_SECONDS):
        raise Busy(_("打印的人很多，请过一会儿再试。"))
    try:
        yield
    finally:
        _turns.release()


def _spend(request: HttpRequest) -> None:
    throttle = SheetThrottle()
    if not throttle.allow_request(request, None):  # type: ignore[arg-type]  # it asks for the user and the address
        raise TooMany(_("打印得太快了，请稍等一会儿。"), retry_after=round(throttle.wait() or 60))


@require_safe
def print_page(request: HttpRequest) -> HttpResponse:
    """Ask for paper and title; the window that was open comes along."""
    form = SheetForm(initial={**SheetForm(request.GET).initial, **_asked(request)})
    filters = [(name, value) for name, value in request.GET.items() if name.startswith("f.")][:12]
    return render(request, "map_sheet/print.html", {"form": form, "filters": filters})


def _asked(request: HttpRequest) -> dict[str, str]:
    shown = SheetForm.base_fields
    return {name: request.GET[name][:1000].replace("\0", "") for name in shown if request.GET.get(name)}


@require_safe
def sheet(request: HttpRequest, extension: str) -> HttpResponse:
    """The map as the reader sees it, on paper."""
    if extension not in FORMATS:
        raise Http404
    form = SheetForm(request.GET)
    if not form.is_valid():
        filters = [(name, value) for name, value in request.GET.items() if name.startswith("f.")][:12]
        return render(request, "map_sheet/print.html", {"form": form, "filters": filters}, status=422)
    wanted = sheet_of(form, request)
    with _turn(request):
        body = write(wanted, request.user, site_of(request), extension)
    answer = file_response(body, f"{wanted.title}.{extension}")
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_safe
@cache_control(public=True, max_age=3600)
def card(request: HttpRequest, kind: str, code: str, size: str) -> HttpResponse:
    """The picture that other sites show beside a link; of what is public, whoever asks."""
    if size not in CARDS:
        raise Http404
    subject = subject_of(kind, code)
    with _turn(request):
        return HttpResponse(cards.card(subject, size, site_of(request)), content_type="image/png")


@require_safe
@cache_control(public=True, max_age=600)
def poster(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """A sheet of A4 with the code of a public thing, to hang up."""
    subject = subject_of(kind, code)
    with _turn(request):
        return file_response(cards.poster(subject, site_of(request)), f"{subject.title}.pdf", inline=True)
