"""What search engines ask first: which addresses there are, and which they had better leave."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.views.decorators.http import require_safe

from accounts.looking import as_public
from accounts.permissions import Asker
from library.permissions import documents_visible_to
from projects.permissions import projects_visible_to
from publishing.register.permissions import pages_visible_to
from stations.permissions import stations_visible_to

MOST = 10_000
"""Addresses of each kind; the protocol takes 50,000 in all."""
HEAD = '<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
CACHE = "public, max-age=3600"
LISTS = ("home", "publishing:list", "river:list", "projects:list", "stations:list", "library:list", "papers:list",
         "meetings:list", "questions:list", "matters:list", "numbers")  # fmt: skip
OTHERS: tuple[Callable[[Asker], QuerySet[Any]], ...] = (projects_visible_to, stations_visible_to, documents_visible_to)
LEFT = ("/work/", "/cms/", "/admin/", "/accounts/", "/setup/", "/rules/", "/notices/", "/invitations/", "/my/",
        "/line/", "/api/", "/ogc/", "/sta/", "/tiles/", "/rasters/", "/styles/", "/fonts/", "/by-token/",
        "/search/", "/me/", "/exchange/")  # fmt: skip
"""What is not for everybody, or read by programs."""


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """`robots.txt` (RFC 9309)."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in LEFT)]
    lines.append(f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}")
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain", headers={"Cache-Control": CACHE})


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every public page with an address of its own (sitemaps.org), of the district looked at."""
    reader = as_public(request.user)
    urls = [_url(request.build_absolute_uri(path), changed) for path, changed in _addresses(reader)]
    text = "\n".join([HEAD, *urls, "</urlset>", ""])
    return HttpResponse(text, content_type="application/xml; charset=utf-8", headers={"Cache-Control": CACHE})


def _url(address: str, changed: datetime | None) -> str:
    day = f"<lastmod>{timezone.localtime(changed).date().isoformat()}</lastmod>" if changed else ""
    return f"<url><loc>{escape(address)}</loc>{day}</url>"


def _addresses(reader: Asker) -> Iterator[tuple[str, datetime | None]]:
    yield from ((reverse(name), None) for name in LISTS)
    for page in pages_visible_to(reader).order_by("-published_at", "-pk").only("code", "changed_at")[:MOST]:
        yield page.get_absolute_url(), page.changed_at
    for visible_to in OTHERS:
        for row in visible_to(reader).order_by("pk").only("code")[:MOST]:
            yield row.get_absolute_url(), None
