"""What every template knows: the site, who is looking, and what the frame of the page (``ui/``) offers her."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from accounts.looking import NAME, record_shown, to_choose
from accounts.notices.queries import unread_count
from accounts.permissions import ANONYMOUS, is_district_staff, role_of
from accounts.signin.in_app import middleware as in_app
from geo_portal import navigation
from geo_portal.areas import own_area
from geo_portal.external_base_map import base_map
from geo_portal.map_lists import legend_entries
from geo_portal.map_sheet.first_picture import picture_of
from geo_portal.setup import steps
from ui.forms import typed
from ui.secret_addresses import is_secret


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the site's name, who is looking, and whether this is the demonstration.

    What costs a query or a look-up of addresses is a function, which only a template that shows it calls.
    """
    user = getattr(request, "user", None)
    record = cache(lambda: record_shown(user))
    return {
        "site_name": lambda: record().title,
        "congress_name": lambda: record().congress_title,
        "role": role_of(user),
        "unread_notices": cache(lambda: _unread(user) if role_of(user) != ANONYMOUS else ""),
        "typed_again": lambda: typed.take(request),
        "is_demo": settings.DEMO,
        "map_legend": legend_entries,
        "own_area": cache(lambda: own_area(user)),
        "districts_to_choose": lambda: _to_choose(request),
        "unfilled_datasets": lambda: steps.unfilled() if is_district_staff(user) else frozenset(),
        "in_app": cache(lambda: in_app.shown(request)),
        "testing_hooks": settings.TESTING_HOOKS,
        "review_number": base_map()["review_number"],
        "site_places": lambda: navigation.places(request),
        "phone_places": lambda: navigation.phone_bar(request),
        "back_after_sign_in": lambda: _back_after_sign_in(request),
        "site_me": lambda: {"url": reverse("me"), "current": navigation.is_current(request, "me")},
        "site_report": lambda: navigation.report_address(request),
        "site_notices": lambda: {
            "url": reverse("notices:list"),
            "current": navigation.is_current(request, "notices:list"),
        },
        "map_styles": lambda: {
            "light": reverse("style", args=["district"]),
            "dark": reverse("style", args=["district-dark"]),
        },
        "site_lists": navigation.lists_of_the_map,
        "legend_template": "map/legend.html",
        "picture_of": lambda thing: "" if request.GET else picture_of(user, thing),
    }


def _back_after_sign_in(request: HttpRequest) -> str:
    """Where somebody comes back to who signs in from this page; a secret address stands in no other address, which logs
    have."""
    return "" if is_secret(request.resolver_match) else request.get_full_path()


MOST_UNREAD = 99
"""More than so many are not counted on every page."""


def _unread(user: Any) -> str:
    """About how many pages there are unread notices, as it stands on the bell; empty without any."""
    count = unread_count(user, MOST_UNREAD + 1)
    return f"{MOST_UNREAD}+" if count > MOST_UNREAD else str(count or "")


def _to_choose(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the districts that a visitor may look at, with the address of this page in each; none with one."""
    places = []
    for code, name, is_looked_at in to_choose(getattr(request, "user", None)):
        address = request.GET.copy()
        address[NAME] = code
        for asked in ("page", "area"):
            address.pop(asked, None)
        places.append({"name": name, "url": f"{request.path}?{address.urlencode()}", "current": is_looked_at})
    return places
