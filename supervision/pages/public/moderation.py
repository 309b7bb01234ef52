"""What staff do with the public side: look at what was reported, publish with words of their own, cover photos."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Role
from accounts.permissions import require_role
from geokit.refusal import BadInput, FieldError, MissingEvidence, Refusal
from ledger.filestore.responses import stored_response
from supervision.findings.models import FindingPhoto
from supervision.matters.models import Suggestion
from supervision.pages.public.forms import ModerationForm, PublishForm
from supervision.public import services
from supervision.public.duplicates import duplicates_of
from supervision.public.permissions import moderated_by, photos_to_cover
from ui.forms.boxes import boxes_of, rows_for, typed_boxes
from ui.forms.refusable import posted_version, render_form
from ui.pagination import page_of
from ui.refusals import status_of

PAGE_SIZE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.STAFF)
def received(request: HttpRequest) -> HttpResponse:
    """Citizens' reports that nobody has looked at yet, the oldest first; a POST accepts or declines those ticked."""
    rows = _waiting(request)
    page = page_of(request, rows, PAGE_SIZE)
    form = ModerationForm(request.POST if request.method == "POST" else None, rows=list(page))
    if request.method == "POST":
        try:
            if done := _moderate(request, form):
                return done
        except MissingEvidence as refusal:
            form.show(refusal)
    ticked = set(form["chosen"].value() or [])
    alike = duplicates_of(request.user, list(page))
    for row in page:
        row.ticked = f"{row.pk}:{row.version}" in ticked
        row.alike = alike.get(row.pk, [])
    context = {"form": form, "page": page, "total": page.paginator.count}
    return render_form(request, "supervision/public/received.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.STAFF)
def publish(request: HttpRequest, number: str) -> HttpResponse:
    """Publish a matter with an edited text and covered photos, or take it back."""
    found = get_object_or_404(moderated_by(request.user).select_related("finding"), number=number)
    form = PublishForm(request.POST if request.method == "POST" else None, initial=_words(found))
    if request.method == "POST":
        try:
            return _publish(request, found, form)
        except Refusal as refusal:
            form.show(refusal)
    photos = FindingPhoto.objects.filter(finding=found.finding).select_related("published")
    context = {"form": form, "matter": found, "finding": found.finding, "photos": photos}
    return render_form(request, "supervision/public/publish.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.STAFF)
def cover(request: HttpRequest, pk: int) -> HttpResponse:
    """Cover faces and number plates of one photo by boxes, drawn or typed, and make its public copy."""
    photos = photos_to_cover(request.user).select_related("published", "finding__suggestion")
    found = get_object_or_404(photos, pk=pk)
    boxes: Sequence[Sequence[Any]] = found.published.boxes if hasattr(found, "published") else []
    error, status = "", 200
    if request.method == "POST":
        boxes = typed_boxes(request)
        try:
            return _cover(request, found, boxes)
        except BadInput as refusal:
            error, status = refusal.message, status_of(refusal)
    context = {"photo": found, "matter": found.finding.suggestion, "boxes": rows_for(boxes), "error": error}
    return render(request, "supervision/public/cover.html", context, status=status)


@require_safe
@require_role(Role.STAFF)
def original(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The original of a photo, for those who cover it."""
    found = get_object_or_404(photos_to_cover(request.user), pk=pk)
    return stored_response(request, found.file, cache="private, no-store")


def _waiting(request: HttpRequest) -> Any:
    rows = moderated_by(request.user).filter(state=Suggestion.State.RECEIVED)
    rows = rows.select_related("finding__area", "finding__video").prefetch_related("finding__photos")
    return rows.order_by("submitted_at", "pk")


def _moderate(request: HttpRequest, form: ModerationForm) -> HttpResponse | None:
    """Accept or decline what is ticked; None where the form says itself what is wrong with its fields."""
    declines = request.POST.get("do") == "decline"
    form.is_valid()
    pairs = form.pairs()
    if declines and form.errors.keys() & {"reason", "text"}:
        return None
    if not pairs:
        message = gettext("请先勾选要处理的上报。")
        raise MissingEvidence(message, errors=[FieldError("", "required", message)])
    words = form.words() if declines else None
    if declines and not words:
        message = gettext("请选择或写明不予受理的理由，上报人会看到。")
        raise MissingEvidence(message, errors=[FieldError("reason", "required", message)])
    done, refused = services.moderate(request.user, pairs, text=words)
    if done:
        said = ngettext("已不予受理 %d 件。", "已不予受理 %d 件。", done) if declines else _accepted(done)
        messages.success(request, said % done)
    for message in refused:
        messages.error(request, message)
    return redirect("matters:received")


def _accepted(done: int) -> str:
    return ngettext("已受理 %d 件，按规则交办。", "已受理 %d 件，按规则交办。", done)


def _words(matter: Suggestion) -> dict[str, Any]:
    return {"version": matter.version, "text": matter.public_text or matter.text}


def _publish(request: HttpRequest, matter: Suggestion, form: PublishForm) -> HttpResponse:
    if request.POST.get("do") == "withdraw":
        services.withdraw(request.user, matter.pk, version=posted_version(request))
        messages.success(request, gettext("已取消公开。"))
        return redirect("matters:publish", matter.number)
    if not form.is_valid():
        raise BadInput(gettext("还不能公开，请看下面的提示。"))
    services.publish(request.user, matter.pk, **form.cleaned_data)
    messages.success(request, gettext("已公开。"))
    return redirect("matters:matter", matter.number)


def _cover(request: HttpRequest, photo: FindingPhoto, boxes: Sequence[Sequence[Any]]) -> HttpResponse:
    number = photo.finding.suggestion.number
    if request.POST.get("do") == "withdraw":
        services.withdraw_photo(request.user, photo.pk)
        messages.success(request, gettext("这张照片不再公开，原件还在。"))
        return redirect("matters:publish", number)
    services.publish_photo(request.user, photo.pk, boxes_of(boxes))
    messages.success(request, gettext("已生成公开照片，遮盖 %d 处。") % len(boxes))
    return redirect("matters:publish", number)
