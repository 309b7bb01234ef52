"""Addresses of the printed map, of cards and of posters."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.tokens.reading import site_of
from geo_portal.map_sheet import cards
from geo_portal.map_sheet.forms import SheetForm
from geo_portal.map_sheet.sheet import sheet_of, write
from geo_portal.map_sheet.subjects import subject_of
from ui.downloads import file_response
from ui.forms.refusable import render_form
from ui.printing import CardThrottle, turn_to_print
from ui.templatetags.share import CARDS

FORMATS = ("pdf", "png")


@require_safe
def print_page(request: HttpRequest) -> HttpResponse:
    """Ask for paper and title; the window that was open comes along."""
    return render(request, "map_sheet/print.html", _page(request, SheetForm(initial=_asked(request))))


def _page(request: HttpRequest, form: SheetForm) -> dict[str, Any]:
    filters = [(name, value) for name, value in request.GET.items() if name.startswith("f.")][:12]
    return {"form": form, "filters": filters}


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
        return render_form(request, "map_sheet/print.html", _page(request, form))
    wanted = sheet_of(form, request)
    with turn_to_print(request):
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
    with turn_to_print(request, CardThrottle):
        return HttpResponse(cards.card(subject, size, site_of(request)), content_type="image/png")


@require_safe
@cache_control(public=True, max_age=600)
def poster(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """A sheet of A4 with the code of a public thing, to hang up."""
    subject = subject_of(kind, code)
    with turn_to_print(request, CardThrottle):
        return file_response(cards.poster(subject, site_of(request)), f"{subject.title}.pdf", inline=True)
