"""Invitations on paper: the sheet to print, and the page on which its code is typed."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.directory.models import Role
from accounts.notices import links
from accounts.people import codes
from accounts.people.forms import CodeForm
from accounts.people.permissions import may_keep_people
from accounts.people.views import chosen_people
from accounts.permissions import require_role
from accounts.sessions.anew import nobody_excused
from geokit.refusal import Refusal
from ui.forms.refusable import posted, render_form
from ui.qr import qr_svg


@never_cache
@require_POST
@require_role(Role.STAFF, Role.ADMIN)
@nobody_excused
@reauthentication_required(app="accounts.people")
def sheet(request: HttpRequest) -> HttpResponse:
    """Cards for those of the list with the same query who wait for a password and have no mailbox."""
    user: Any = request.user
    if not may_keep_people(user):
        raise Http404
    chosen = codes.waiting(chosen_people(user, request.GET)).values_list("pk", flat=True)
    try:
        cards = codes.make_sheet(user, chosen)
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect("people:list")
    drawn = [(card, mark_safe(qr_svg(card.link))) for card in cards]  # noqa: S308 - squares, drawn of the address
    response = render(
        request,
        "accounts/people/invitation_sheet.html",
        {"cards": drawn, "address": links.absolute(reverse("invitation_code"))},
    )
    response["Cache-Control"] = "private, no-store"
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Type the code of a sheet; the page on which a password is set follows."""
    form = CodeForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(codes.invitation_for(request, form.cleaned_data["username"], form.cleaned_data["code"]))
        except Refusal as refusal:
            form.show(refusal)
    return render_form(request, "accounts/people/code.html", {"form": form})
