"""A person's own page: who she is here, what concerns her, every place of the site, how it is shown, the way out."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.permissions import has_role, is_deputy
from geo_portal.navigation import doors, linked_pages
from library.study.services import progress_of
from papers import inbox as papers
from papers.register.permissions import seats_by_level
from publishing.register.permissions import newest_for
from river_monitoring.inbox import followed, show_point
from river_monitoring.permissions import FOLLOWERS
from supervision import inbox as matters

NEWS, STUDY = 3, 3
"""How many pages of the site stand here, of her own town and group first, and how much of what she may study."""
OWN, FOLLOWED = 5, 5
"""How many of her papers, of her matters and of the waters that she follows."""


@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """What the phone's bar has no room for; who is not signed in finds the way in, and the places."""
    is_known = request.user.is_authenticated
    context = {
        "doors": doors(request),
        "news": newest_for(request.user).select_related("area")[:NEWS] if is_known else (),
        **(linked_pages(request.user) if is_known else {}),
    }
    if isinstance(request.user, User):
        context |= _followed(request.user) | (_of_deputy(request.user) if is_deputy(request.user) else {})
    return render(request, "me.html", context)


def _followed(user: User) -> dict[str, Any]:
    """The points that she follows, what changed last coming first; only for those who may follow."""
    if not has_role(user, *FOLLOWERS):
        return {}
    rows = list(followed(user)[: FOLLOWED + 1])
    return {"may_follow": True, "follows": [show_point(row) for row in rows[:FOLLOWED]], "more": len(rows) > FOLLOWED}


def _of_deputy(user: User) -> dict[str, Any]:
    """Where she sits, what becomes of what she filed, and what she may study."""
    return {
        "is_deputy": True,
        "seats": seats_by_level(user),
        "papers": papers.fates_of(user, OWN),
        "matters": matters.fates_of(user, OWN),
        "study": progress_of(user, STUDY),
    }
