"""Editing a draft: what the page is, and its blocks one by one."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.directory.levels import held
from accounts.models import Role, User
from accounts.permissions import require_role, scope_of
from geokit.refusal import Refusal
from publishing.body.blocks import MOST_BLOCKS, Block, BlockKind
from publishing.files.models import PageFile
from publishing.files.services import add_file, add_picture
from publishing.issues.services import keep_issue, look_at_issue
from publishing.pages.desk import desk_context, kept_or_404
from publishing.pages.forms import FORMS, BlockForm, FileBlockForm, MapForm, PageForm, StepForm
from publishing.pages.places import place_given
from publishing.register import services
from publishing.register.models import SitePage
from publishing.register.workflow import newest_of
from publishing.videos.models import PageVideo
from publishing.videos.services import keep_video, look_at_video
from ui.forms.refusable import posted, posted_version, render_form

LOOKED_AT_BY: Mapping[str, Callable[[User, int, Any, int], Any]] = {
    BlockKind.VIDEO: look_at_video,
    BlockKind.ISSUE: look_at_issue,
}
"""What takes long with an upload is done before its page is locked; the answer is what `ADDED_BY` keeps."""
ADDED_BY: Mapping[str, Callable[[User, int, Any], PageFile | PageVideo]] = {
    BlockKind.PICTURE: add_picture,
    BlockKind.FILE: add_file,
    BlockKind.VIDEO: keep_video,
    BlockKind.ISSUE: keep_issue,
}


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.STAFF)
def new(request: HttpRequest) -> HttpResponse:
    """Begin a page."""
    user: User = request.user  # type: ignore[assignment]
    initial = {"area": scope_of(user) or held().first(), "version": 0, "code": ""}
    form = PageForm(posted(request), initial=initial, user=user)
    if form.is_bound and form.is_valid():
        try:
            place = place_given(user, form.cleaned_data)
            made = services.make(user, form.words(), geom=place, **form.facts())
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已建立，接着写正文。"))
            return redirect("cms:desk", made.pk)
    return render_form(request, "publishing/edit.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.STAFF)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what a draft is and for whom."""
    user: User = request.user  # type: ignore[assignment]
    found = kept_or_404(request, pk)
    form = PageForm(posted(request), instance=found, initial=_as_typed(found), user=user)
    if form.is_bound and form.is_valid():
        try:
            facts = form.facts() | {"geom": place_given(user, form.cleaned_data)}
            if facts["geom"] is None and facts["place_area"] is not None:
                facts["geom"] = facts["place_area"].point
            services.change(user, pk, posted_version(request), form.words(), facts)
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已保存。"))
            return redirect("cms:desk", pk)
    return render_form(request, "publishing/edit.html", {"form": form, "site_page": found})


def _as_typed(found: SitePage) -> dict[str, Any]:
    newest, place = newest_of(found), found.geom
    typed: dict[str, Any] = {"version": found.version, "title": found.title}
    if newest is not None:
        typed |= {"title": newest.title, "summary": newest.summary, "source": newest.source}
    is_of_area = found.place_area is not None and found.place_area.point == place
    return typed | ({"lng": place.x, "lat": place.y} if place is not None and not is_of_area else {})


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.STAFF)
def add_block(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Add a block of a kind at the end."""
    found = kept_or_404(request, pk)
    if kind not in FORMS:
        raise Http404
    return _edit_block(request, found, kind, len(_body(found)))


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.STAFF)
def block(request: HttpRequest, pk: int, index: int) -> HttpResponse:
    """Change the block at a place of the newest version."""
    found = kept_or_404(request, pk)
    body = _body(found)
    if index >= len(body):
        raise Http404
    return _edit_block(request, found, body[index]["kind"], index)


def _body(found: SitePage) -> list[Block]:
    newest = newest_of(found)
    return list(newest.body) if newest else []


def _edit_block(request: HttpRequest, found: SitePage, kind: str, index: int) -> HttpResponse:
    body, form_class = _body(found), FORMS[kind]
    old = body[index] if index < len(body) else None
    initial = {"version": found.version} | (form_class.typed(old) if old else {})
    more: dict[str, Any] = {"page": found} if issubclass(form_class, FileBlockForm) else {}
    form = form_class(posted(request), request.FILES or None, initial=initial, **more)
    if form.is_bound and form.is_valid():
        try:
            _save_block(request.user, found, form, body, index)  # type: ignore[arg-type]
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已保存。"))
            return redirect(f"{reverse('cms:desk', args=[found.pk])}#blocks-heading")
    context = {"site_page": found, "form": form, "kind": BlockKind(kind), "is_new": old is None}
    return render_form(request, "publishing/block.html", context)


def _save_block(user: User, found: SitePage, form: BlockForm, body: list[Block], index: int) -> None:
    made, version = form.block(), form.cleaned_data["version"]
    sent = form.cleaned_data.get("upload") if isinstance(form, FileBlockForm) else None
    if sent and form.kind in LOOKED_AT_BY:
        sent = LOOKED_AT_BY[form.kind](user, found.pk, sent, version)
    with transaction.atomic():
        if sent:
            made["file"] = str(ADDED_BY[form.kind](user, found.pk, sent).number)
        if isinstance(form, MapForm):
            place = place_given(user, form.cleaned_data)
            made |= {"lng": place.x if place else None, "lat": place.y if place else None}
        body[index : index + 1] = [made]
        services.save_body(user, found.pk, version, body[: MOST_BLOCKS + 1])


@require_POST
@require_role(Role.STAFF)
def arrange(request: HttpRequest, pk: int, index: int) -> HttpResponse:
    """Move a block up or down, or take it away."""
    found = kept_or_404(request, pk)
    body, where = _body(found), request.POST.get("do", "")
    if index >= len(body) or where not in ("up", "down", "remove"):
        raise Http404
    one = body.pop(index)
    if where != "remove":
        body.insert(max(0, index + (-1 if where == "up" else 1)), one)
    try:
        services.save_body(request.user, pk, posted_version(request), body)  # type: ignore[arg-type]
    except Refusal as refusal:
        return _not_written(request, found, refusal)
    if where == "remove":
        messages.success(request, _("已删除第 %d 段。要恢复，在“历次版本”里选上一版。") % (index + 1))
    return redirect(f"{reverse('cms:desk', args=[pk])}#blocks-heading")


def _not_written(request: HttpRequest, found: SitePage, refusal: Refusal) -> HttpResponse:
    form = StepForm({"version": found.version, "verb": ""})
    form.show(refusal)
    return render_form(request, "publishing/desk.html", desk_context(request, found, form))


@require_POST
@require_role(Role.STAFF)
def restore(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Go back to what an earlier version said; as another version, so this too can be undone."""
    found = kept_or_404(request, pk)
    if not found.revisions.filter(number=min(number, 2**31 - 1)).exists():
        raise Http404
    try:
        services.restore(request.user, pk, posted_version(request), number)  # type: ignore[arg-type]
    except Refusal as refusal:
        return _not_written(request, found, refusal)
    messages.success(request, _("已恢复成第 %d 版的内容。") % number)
    return redirect(f"{reverse('cms:desk', args=[pk])}#blocks-heading")
