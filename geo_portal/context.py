"""What every template knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.notices.queries import unread_count
from accounts.permissions import ANONYMOUS, role_of


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the site's name, who is looking, and whether this is the demonstration."""
    user = getattr(request, "user", None)
    return {
        "site_name": settings.SITE_NAME,
        "role": role_of(user),
        # A template that shows the count asks for it; others cost no query.
        "unread_notices": lambda: unread_count(user) if role_of(user) != ANONYMOUS else 0,
        "is_demo": settings.DEMO,
        "testing_hooks": settings.TESTING_HOOKS,
        "review_number": settings.BASEMAP["review_number"],
    }
