"""Sheets of codes for walls and doors, A4, a village at a time."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.areas.find import find_areas
from accounts.models import Area, Role
from accounts.permissions import areas_visible_to, in_scope, require_role
from geokit.refusal import BadInput, Refusal
from ui.forms.refusable import posted, render_form
from ui.qr import qr_svg
from voters.codes.addressees import deputies_of, station_for
from voters.codes.models import PlaceCode
from voters.codes.services import add_doors, may_print
from voters.pages.forms import DoorsForm


@require_safe
@require_role(Role.STAFF)
def sheet_list(request: HttpRequest) -> HttpResponse:
    """Choose a village, by town or by what is typed."""
    words = request.GET.get("q", "")[:120]
    villages = areas_visible_to(request.user).filter(level=Area.Level.VILLAGE).select_related("parent")
    villages = in_scope(request.user, villages, "parent", "point").order_by("code")
    if words.strip():
        villages = villages.filter(pk__in=[area.pk for area in find_areas(request.user, words)])
    towns: dict[Area | None, list[Area]] = {}
    for village in villages:
        towns.setdefault(village.parent, []).append(village)
    return render(request, "voters/sheets.html", {"towns": towns.items(), "words": words})


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.STAFF)
def sheet(request: HttpRequest, code: str) -> HttpResponse:
    """The sheet of one village: its own code, its deputies', its station's, its doors'; a POST makes doors."""
    villages = areas_visible_to(request.user).filter(level=Area.Level.VILLAGE).select_related("parent")
    area = get_object_or_404(villages, code=code)
    if not may_print(request.user, area):
        raise Http404
    form = DoorsForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = add_doors(request.user, area, form.cleaned_data["labels"].splitlines())
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, gettext("已制作 %d 个码。") % made)
            return redirect("voters:sheet", code)
    return render_form(request, "voters/sheet.html", {"area": area, "form": form, "codes": _codes(request, area)})


def _codes(request: HttpRequest, area: Area) -> list[dict[str, Any]]:
    people = list(deputies_of(None, area))
    found = [(gettext("写给本村社的代表"), area.name, area.code)]
    found += [(gettext("写给代表"), person.name, person.page_code) for person in people]
    try:
        station = station_for(None, area, None, people)
        found.append((gettext("写给联络站"), station.name, station.code))
    except BadInput:
        pass  # a district without any station has none to print
    doors = PlaceCode.objects.filter(area=area)
    found += [(gettext("写给本村社的代表"), door.label, door.code) for door in doors]
    return [_code(request, *row) for row in found]


def _code(request: HttpRequest, title: str, name: str, code: str) -> dict[str, Any]:
    link = request.build_absolute_uri(reverse("voters:write", args=[code]))
    return {"title": title, "name": name, "link": link, "qr": qr_svg(link)}
