"""The Atom feed (RFC 4287) of public pages, of all columns or of one."""

import hashlib

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.feedgenerator import Atom1Feed
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.looking import as_public, record_shown
from publishing.body.blocks import words_of
from publishing.imports.models import with_import_day
from publishing.register.models import SitePage
from publishing.register.permissions import pages_visible_to
from ui.control_characters import for_xml

MOST_ENTRIES = 30
MOST_WORDS = 500


@require_safe
def feed(request: HttpRequest) -> HttpResponseBase:
    """The newest public pages of the district looked at; ``?column=`` narrows it."""
    column = request.GET.get("column", "")
    rows = pages_visible_to(as_public(request.user)).exclude(column=SitePage.Column.ABOUT).select_related("live")
    if column in SitePage.Column.values:
        rows = rows.filter(column=column)
    made = Atom1Feed(
        title=_("人大网站"),
        link=request.build_absolute_uri(reverse("publishing:list")),
        description=_("新闻、公告、决议决定和人事任免"),
        feed_url=request.build_absolute_uri(),
        author_name=record_shown(request.user).title,
    )
    for one in with_import_day(rows).order_by("-published_at", "-pk")[:MOST_ENTRIES]:
        _add(request, made, one)
    answer = HttpResponse(made.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
    etag = f'"{hashlib.sha256(answer.content).hexdigest()[:32]}"'
    answer["ETag"], answer["Cache-Control"] = etag, "public, max-age=300"
    patch_vary_headers(answer, ["Accept-Language"])
    return get_conditional_response(request, etag=etag, response=answer) or answer


def _add(request: HttpRequest, made: Atom1Feed, one: SitePage) -> None:
    address = request.build_absolute_uri(one.get_absolute_url())
    words = (one.live.summary or words_of(one.live.body)[:MOST_WORDS]) if one.live else ""
    if one.imported_at is not None:  # type: ignore[attr-defined]
        day = date_format(timezone.localtime(one.imported_at))  # type: ignore[attr-defined]
        words += "\n" + _("本文由原网站导入，导入日期 %(day)s。") % {"day": day}
    made.add_item(
        title=for_xml(one.title),
        link=address,
        description=for_xml(words),
        unique_id=address,
        pubdate=one.published_at,
        updateddate=one.changed_at or one.published_at,
        categories=(str(one.get_column_display()),),
    )
