"""What readers see: the list by column, a page, its files, and saying that one has read a notice."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Role, User
from accounts.permissions import has_role, require_role
from geokit.refusal import BadInput, StaleEdit
from ledger.filestore.responses import stored_response
from publishing.files.models import PageFile
from publishing.files.services import shown_to
from publishing.imports.models import with_import_day
from publishing.pages.shown import blocks_of, picture_of
from publishing.readers.services import confirm as confirm_page
from publishing.readers.services import has_confirmed, is_confirmed
from publishing.register.models import SitePage
from publishing.register.permissions import is_addressed, keeps_page, pages_visible_to
from ui.forms.refusable import whole_number
from ui.pagination import page_of

PAGE_SIZE = 20
PICTURE_CACHE = "private, max-age=86400"
Column = SitePage.Column


@require_safe
def page_list(request: HttpRequest) -> HttpResponse:
    """What is shown to the reader, the newest first; ``?column=`` narrows it."""
    rows = pages_visible_to(request.user)
    chosen = request.GET.get("column", "")
    chosen = chosen if chosen in Column.values else ""
    listed = rows.filter(column=chosen) if chosen else rows.exclude(column=Column.ABOUT)
    page = page_of(request, listed.select_related("live", "area").order_by("-published_at", "-pk"), PAGE_SIZE)
    context = {
        "page": page,
        "chosen": chosen,
        "heading": Column(chosen).label if chosen else "",
        "columns": _columns(rows, chosen),
        "abouts": rows.filter(column=Column.ABOUT).order_by("code")[:PAGE_SIZE],
        "may_edit": has_role(request.user, Role.STAFF),
    }
    return render(request, "publishing/list.html", context)


def _columns(rows: QuerySet[SitePage], chosen: str) -> list[dict[str, Any]]:
    """The columns that have something, with how much; pages about the site have a list of their own."""
    counts = dict(rows.order_by().values_list("column").annotate(total=Count("pk")))
    return [
        {"column": column, "label": label, "count": counts.get(column, 0), "is_on": column == chosen}
        for column, label in Column.choices
        if column != Column.ABOUT and (counts.get(column) or column == chosen)
    ]


@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    """One page as it was published."""
    related = ("live__page", "area", "for_area", "group", "place_area")
    rows = with_import_day(pages_visible_to(request.user)).select_related(*related)
    found = get_object_or_404(rows, code=code)
    shown = blocks_of(found.live)
    user = request.user
    asks = isinstance(user, User) and is_confirmed(found) and is_addressed(user, found)
    picture = picture_of(shown)
    context = {
        "site_page": found,
        "revision": found.live,
        "blocks": shown,
        "asks_to_confirm": asks,
        "has_confirmed": asks and isinstance(user, User) and has_confirmed(user, found),
        "keeps": keeps_page(user, found),
        "address": request.build_absolute_uri(found.get_absolute_url()),
        "picture": request.build_absolute_uri(picture.get_absolute_url()) if picture else "",
        "is_public": found.audience == SitePage.Audience.EVERYBODY,
    }
    return render(request, "publishing/page.html", context)


@require_POST
@require_role()
def confirm(request: HttpRequest, code: str) -> HttpResponse:
    """Say that one has read a notice, in the wording that the page showed."""
    try:
        number = whole_number(request.POST.get("wording"))
        reading = confirm_page(request.user, code, number)  # type: ignore[arg-type]
    except BadInput:
        raise Http404 from None
    except StaleEdit as refusal:
        messages.warning(request, refusal.message)
        return redirect("publishing:page", code)
    messages.success(request, _("已记下：您已阅读这份通知。"))
    return redirect(reading.page)


@require_safe
def file(request: HttpRequest, number: UUID, sha256: str) -> HttpResponseBase:
    """A picture to be shown, or a file to be saved, of a page that the reader may see."""
    found = shown_to(request.user, number)
    if found is None or found.sha256[:16] != sha256:
        raise Http404
    if found.kind == PageFile.Kind.PICTURE:
        return stored_response(request, found.file, cache=PICTURE_CACHE)
    return stored_response(
        request, found.file, cache="private, no-store", as_attachment=True, filename=found.name,
        content_type="application/octet-stream",
    )  # fmt: skip
