"""The page on which faces, doors and number plates of a photo are covered."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Role
from accounts.permissions import require_role
from geokit.refusal import BadInput
from ledger.filestore.responses import stored_response
from projects.covering.models import OF
from projects.covering.permissions import may_cover, things_of
from projects.covering.services import cover_photo, uncover_photo
from projects.pages.access import signed_in
from ui.forms.boxes import boxes_of, rows_for, typed_boxes
from ui.refusals import status_of


def _thing(request: HttpRequest, kind: str, pk: int) -> Any:
    if kind not in OF:
        raise Http404
    found = get_object_or_404(things_of(kind, request.user), pk=pk)
    if not found.photo or not may_cover(request.user, kind, found):
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.OFFICER, Role.STAFF)
def cover(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Cover parts of a photo by boxes, drawn or typed, and make its public copy."""
    found = _thing(request, kind, pk)
    covered = getattr(found, "covered", None)
    boxes, error, status = covered.boxes if covered else [], "", 200
    if request.method == "POST":
        boxes = typed_boxes(request)
        try:
            return _covered(request, kind, found, boxes)
        except BadInput as refusal:
            error, status = refusal.message, status_of(refusal)
    context = {"thing": found, "kind": kind, "covered": covered, "boxes": rows_for(boxes), "error": error}
    context["project"] = found if kind == "proposal" else found.project
    return render(request, "projects/cover.html", context, status=status)


def _covered(request: HttpRequest, kind: str, found: Any, boxes: Any) -> HttpResponse:
    if request.POST.get("do") == "withdraw":
        uncover_photo(signed_in(request), kind, found)
        messages.success(request, _("已取消遮盖，照片按原样公开。"))
    else:
        cover_photo(signed_in(request), kind, found, boxes_of(boxes))
        messages.success(request, _("已生成公开照片，遮盖 %d 处。") % len(boxes))
    return redirect("projects:cover", kind, found.pk)


@require_safe
@require_role(Role.OFFICER, Role.STAFF)
def original(request: HttpRequest, kind: str, pk: int) -> HttpResponseBase:
    """The original of a photo, for those who cover it."""
    return stored_response(request, _thing(request, kind, pk).photo, cache="private, no-store")
