"""The encyclopedia: all terms by subject, and what one of them means."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from library.terms.queries import ENTRIES, GROUPS, articles_of, names_of


@require_safe
def term_list(request: HttpRequest) -> HttpResponse:
    """All terms, each with what it means."""
    headings = {"congress": gettext("人大工作"), "waters": gettext("水和治水")}
    groups: list[dict[str, Any]] = [
        {"code": code, "heading": headings[code], "entries": entries} for code, entries in GROUPS
    ]
    return render(request, "library/terms.html", {"groups": groups})


@require_safe
def term(request: HttpRequest, term: str) -> HttpResponse:
    """One term: what it means, other names, and the articles that it comes from."""
    entry = ENTRIES.get(term)
    if entry is None:
        raise Http404
    others = [name for name in names_of(entry) if name != str(entry.name)]
    context = {"entry": entry, "others": others, "articles": articles_of(entry, request.user)}
    return render(request, "library/term.html", context)
