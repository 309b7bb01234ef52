"""Files and feeds that are not sent again to who has them already (RFC 9110: ETag and Last-Modified)."""

import hashlib
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date

from projects.following.models import News
from projects.plan.models import Project
from ui.days import midnight


def last_modified() -> datetime:
    """Return when projects last changed. Lights turn as days pass, so never before this day began."""
    edited: Any = Project.objects.aggregate(at=Max("updated_at"))["at"]
    told: Any = News.objects.aggregate(at=Max("at"))["at"]
    return max(moment for moment in (edited, told, midnight(timezone.localdate())) if moment is not None)


def conditional_response(request: HttpRequest, response: HttpResponse, for_everybody: bool = False) -> HttpResponse:
    """Stamp `response` and return it, or 304 when the asker has the same already.

    `for_everybody`: the answer is the same for all, so shared caches may keep it for five minutes.
    """
    changed = int(last_modified().timestamp())
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response["ETag"], response["Last-Modified"] = etag, http_date(changed)
    response["Cache-Control"] = "public, max-age=300" if for_everybody else "private, no-cache"
    patch_vary_headers(response, ["Accept-Language"] if for_everybody else ["Accept-Language", "Cookie"])
    return get_conditional_response(request, etag=etag, last_modified=changed, response=response) or response
