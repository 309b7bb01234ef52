"""Reading: the list, a document as it stood on a day, one article, the original file."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from ledger.filestore.responses import stored_response
from library.documents.models import Document, Version
from library.documents.permissions import documents_visible_to, may_keep_library
from library.documents.queries import chapters, newest, shown_on, standings, version_on
from library.pages.forms import ListForm
from library.places.models import Mention
from library.study.services import is_studied, studied_on
from ui.pagination import page_of
from ui.text.search_field import search

PAGE_SIZE = 30
SEARCHED = ("title", "organ", "number", "subjects")


@require_safe
def document_list(request: HttpRequest) -> HttpResponse:
    """The documents that the reader may see, by kind and words of their names."""
    documents = documents_visible_to(request.user)
    form = ListForm(request.GET)
    form.is_valid()
    chosen = form.cleaned_data.get("kind") or ""
    found = search(documents, form.cleaned_data.get("q") or "", SEARCHED)
    page = page_of(request, (found.filter(kind=chosen) if chosen else found).order_by("kind", "title", "pk"), PAGE_SIZE)
    context = {
        "form": form,
        "page": page,
        "total": page.paginator.count,
        "kinds": _kinds(found, chosen),
        "chosen": chosen,
        "may_keep": may_keep_library(request.user),
    }
    return render(request, "library/list.html", context)


def _kinds(documents: QuerySet[Document], chosen: str) -> list[dict[str, Any]]:
    """Each kind that there is, with how many."""
    rows = list(documents.order_by().values_list("pk", "kind"))
    counts = [(kind, label, sum(1 for _pk, of in rows if of == kind)) for kind, label in Document.Kind.choices]
    return [
        {"kind": kind, "label": label, "count": count, "is_on": kind == chosen}
        for kind, label, count in counts
        if count or kind == chosen
    ]


@require_safe
def document(request: HttpRequest, code: str) -> HttpResponse:
    """A document: the version that was asked for, that of a day, or that in force today."""
    found = _document(request, code)
    version, day = _version(request, found)
    today = timezone.localdate()
    in_force = version_on(found, today)
    context = {
        "document": found,
        "version": version,
        "day": day,
        "chapters": chapters(version) if version else [],
        "standings": standings(found),
        "in_force": in_force,
        "is_coming": bool(version and version.in_force_on and version.in_force_on > today),
        "relations": found.relations.select_related("target").filter(target__in=documents_visible_to(request.user)),
        "related_by": found.related_by.select_related("source").filter(source__in=documents_visible_to(request.user)),
        "places": found.mentions.filter(state=Mention.State.CONFIRMED),
        "may_keep": may_keep_library(request.user),
        "asks_to_study": request.user.is_authenticated and is_studied(found) and version == shown_on(found, today),
        "studied": studied_on(request.user, version),
    }
    return render(request, "library/document.html", context)


def _document(request: HttpRequest, code: str) -> Document:
    return get_object_or_404(documents_visible_to(request.user), code=code)


def _version(request: HttpRequest, found: Document) -> tuple[Version | None, date | None]:
    """Return the version, and the day it was asked for by; a day that cannot be read is today."""
    if (number := request.GET.get("version", "")).isdecimal() and len(number) < 10:
        return get_object_or_404(found.versions, pk=int(number)), None
    try:
        day = parse_date(request.GET.get("on", ""))
    except ValueError:
        day = None
    if day is not None:
        return version_on(found, day), day
    return shown_on(found, timezone.localdate()), None


@require_safe
def article(request: HttpRequest, code: str, version: int, anchor: str) -> HttpResponse:
    """One article by itself, in one version, with its neighbours."""
    found = _document(request, code)
    held = get_object_or_404(found.versions, pk=version)
    one = get_object_or_404(held.articles.select_related("version__document"), anchor=anchor)
    context = {
        "document": found,
        "version": held,
        "article": one,
        "before": held.articles.filter(order__lt=one.order).order_by("-order").first(),
        "after": held.articles.filter(order__gt=one.order).order_by("order").first(),
        "newest": newest(found),
        "in_force": version_on(found, timezone.localdate()),
    }
    return render(request, "library/article.html", context)


@require_safe
def original(request: HttpRequest, code: str, version: int) -> HttpResponseBase:
    """The file of a version as it was sent; always saved, never shown, since it may hold scripts."""
    held = get_object_or_404(_document(request, code).versions, pk=version)
    if not held.file:
        raise Http404
    return stored_response(
        request,
        held.file,
        cache="private, no-store",
        as_attachment=True,
        filename=held.file_name,
        content_type="application/octet-stream",
    )
