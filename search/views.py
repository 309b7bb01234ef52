"""The page of a search, and the suggestions in the box of every page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from search.find import Filters, Found, find, in_order, suggest
from search.forms import FilterForm, filters_of
from search.models import Entry
from search.offers import offers
from search.text.query import Query, parse
from search.text.snippets import snippet
from ui.pagination import page_of
from ui.text.terms import vocabulary

PAGE_SIZE = 20
TERMS = 3
"""So many words of a query are explained above what was found."""


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Find whatever the asker may see; a list of suggestions for the search box, a page for everybody else."""
    query = parse(request.GET.get("q", ""))
    is_box = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
    if is_box:
        rows = [_row(entry, query) for entry in suggest(request.user, query)]
        context = {"query": query.text, "marked": _marked(query), "rows": rows, "terms": _terms(query)}
        return render(request, "search/suggestions.html", context)
    return render(request, "search/page.html", _context(request, query))


def _context(request: HttpRequest, query: Query) -> dict[str, Any]:
    filters = filters_of(request.GET)
    found = find(request.user, query, filters)
    page = page_of(request, found.keys, PAGE_SIZE)
    form = FilterForm(request.GET)
    whole = Filters(kind=filters.kind)
    form.offer(found if filters == whole else find(request.user, query, whole))
    return {
        "query": query.text,
        "marked": _marked(query),
        "terms": _terms(query),
        "found": found,
        "total": len(found.keys),
        "page": page,
        "rows": [_row(entry, query) for entry in in_order(list(page.object_list))],
        "kinds": _kinds(found, filters.kind),
        "form": form,
        "is_narrowed": bool(filters.kind or filters.area or filters.year or filters.organ),
    }


def _marked(query: Query) -> str:
    return " ".join(query.words)


def _terms(query: Query) -> list[dict[str, str]]:
    """Return the terms of the encyclopedia that stand in the query, each once, with what they mean."""
    found = {
        term.key: {"name": query.text[start:end], "meaning": term.meaning, "url": term.address}
        for start, end, term in vocabulary().find(query.text)
    }
    return list(found.values())[:TERMS]


def _row(entry: Entry, query: Query) -> dict[str, Any]:
    offer = offers()[entry.kind]
    return {
        "title": entry.title,
        "url": entry.address,
        "kind": offer.kind,
        "label": offer.label,
        "meta": entry.meta,
        "feature": f"{offer.kind}:{entry.object_id}" if offer.on_map else "",
        "pieces": snippet(entry.text, query) if entry.text else [],
    }


def _kinds(found: Found, chosen: str) -> list[dict[str, Any]]:
    """Each kind that was found with how many, the chosen one marked."""
    return [
        {"kind": kind, "label": offer.label, "count": found.kinds[kind], "is_on": kind == chosen}
        for kind, offer in offers().items()
        if found.kinds[kind] or kind == chosen
    ]
