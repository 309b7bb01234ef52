"""`/work/export/`: administrators take everything readable away."""

from datetime import datetime
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.district import current
from accounts.models import Role
from accounts.permissions import require_role
from accounts.sessions.anew import shown_anew
from geo_portal.leaving import jobs
from geokit.refusal import Refusal
from ledger import audit
from ui.refusals import status_of

LOOK_AGAIN_S = 2


@never_cache
@require_safe
@require_role(Role.ADMIN)
def index(request: HttpRequest) -> HttpResponse:
    """What an export holds, the button, how the newest one stands, and its file."""
    return _page(request)


@require_POST
@require_role(Role.ADMIN)
@shown_anew
def start(request: HttpRequest) -> HttpResponse:
    """Queue an export."""
    try:
        jobs.order(request.user)
    except Refusal as refusal:
        return _page(request, refusal)
    return redirect("leaving:index")


@never_cache
@require_safe
@require_role(Role.ADMIN)
def download(request: HttpRequest) -> HttpResponseBase:
    """Send the file of the newest export."""
    if jobs.finished_file() is None:
        raise Http404
    return _send(request)


@shown_anew
def _send(request: HttpRequest) -> Any:
    path = jobs.finished_file()
    if path is None:
        raise Http404
    audit.record(request.user, "district-export-downloaded", current(), file=path.name)
    name = f"{current().slug}-{path.name[:10]}.zip"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name)


def _page(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    found = jobs.state()
    until = found.get("until")
    context = {
        "state": found,
        "is_waiting": jobs.is_under_way(found),
        "is_ready": jobs.finished_file() is not None,
        "rows": sum(found.get("tables", {}).values()),
        "until": datetime.fromisoformat(until) if until else None,
        "look_again": LOOK_AGAIN_S,
        "has_record": bool(current().pk),
        "refusal": refusal,
    }
    return render(request, "leaving/index.html", context, status=status_of(refusal) if refusal else 200)
