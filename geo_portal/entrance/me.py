"""A person's own page: who she is here, every place of the site, how it is shown, the way out."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.people.permissions import may_keep_people
from geo_portal.navigation import doors
from publishing.register.permissions import newest_for

NEWS = 3
"""How many pages of the site stand here: of her own town first."""


@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """What the phone's bar has no room for; who is not signed in finds the way in, and the places."""
    is_known = request.user.is_authenticated
    context = {
        "doors": doors(request),
        "news": newest_for(request.user).select_related("area")[:NEWS] if is_known else (),
        "may_keep_people": is_known and may_keep_people(request.user),
    }
    return render(request, "me.html", context)
