"""The page on which a person who leaves hands over what waited for her."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.directory.models import Role
from accounts.people.permissions import may_keep_people, people_visible_to
from accounts.permissions import require_role
from accounts.succession import services
from accounts.succession.forms import ConfirmForm, SuccessorForm
from geokit.refusal import Refusal
from ui.forms.refusable import render_form


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.STAFF, Role.ADMIN)
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """What she has in hand; with a successor in the address what would move; by POST it moves."""
    actor: Any = request.user
    if not may_keep_people(actor):
        raise Http404
    leaver = get_object_or_404(people_visible_to(actor), pk=pk)
    chosen = SuccessorForm(services.successors(actor, leaver), request.GET or None)
    successor = chosen.cleaned_data["to"] if chosen.is_bound and chosen.is_valid() else None
    is_double = bool(successor and chosen.cleaned_data["double"])
    confirm = ConfirmForm(request.POST) if request.method == "POST" else None
    if confirm is not None and confirm.is_valid() and successor is not None:
        given = confirm.cleaned_data
        try:
            moved, stayed = services.hand_over(
                actor, leaver.pk, successor.pk, digest=given["seen"], is_double=is_double, close=given["close"]
            )
        except Refusal as refusal:
            confirm.show(refusal)
        else:
            words = _("已交接 %(moved)d 项，%(stayed)d 项留下。") % {"moved": moved, "stayed": stayed}
            messages.success(request, words)
            return redirect("people:person", pk=pk)
    found = services.groups(leaver, successor, is_double=is_double)
    initial = {"seen": services.seen(found), "close": True}
    context = {
        "person": leaver,
        "form": confirm if confirm is not None and confirm.errors else chosen,
        "chosen": chosen,
        "successor": successor,
        "is_double": is_double,
        "groups": found,
        "moving": sum(not thing.stays for group in found for thing in group.things),
        "colleagues": services.colleagues(leaver),
        "confirm": ConfirmForm(initial=initial),
    }
    return render_form(request, "accounts/people/leave.html", context, confirm or chosen)
