"""What every template knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.permissions import role_of


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the site's name, who is looking, and whether this is the demonstration."""
    return {
        "site_name": settings.SITE_NAME,
        "role": role_of(getattr(request, "user", None)),
        "is_demo": settings.DEMO,
        "testing_hooks": settings.TESTING_HOOKS,
        "review_number": settings.BASEMAP["review_number"],
    }
