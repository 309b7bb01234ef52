"""A person's own page: who she is here, every place of the site, how it is shown, the way out."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.people.permissions import may_keep_people
from accounts.permissions import is_deputy
from geo_portal.navigation import doors
from library.study.services import progress_of
from publishing.register.permissions import newest_for

NEWS, STUDY = 3, 3
"""How many pages of the site stand here, of her own town and group first, and how much of what she may study."""


@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """What the phone's bar has no room for; who is not signed in finds the way in, and the places."""
    is_known = request.user.is_authenticated
    context = {
        "doors": doors(request),
        "news": newest_for(request.user).select_related("area")[:NEWS] if is_known else (),
        "study": progress_of(request.user, STUDY)
        if isinstance(request.user, User) and is_deputy(request.user)
        else None,
        "may_keep_people": is_known and may_keep_people(request.user),
    }
    return render(request, "me.html", context)
