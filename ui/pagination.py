"""Pages of a list: of a web page, and of the API where a thing has no geometry (GeoJSON pages its features itself)."""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet, Window
from django.http import HttpRequest
from rest_framework.pagination import PageNumberPagination
from rest_framework_gis.pagination import GeoJsonPagination

FARTHEST = 100_000
"""A page beyond it is the last one."""


class Pages(PageNumberPagination):
    """`page` and `page_size` (at most 500)."""

    page_size_query_param = "page_size"
    max_page_size = 500


class GeoPages(GeoJsonPagination):
    """The same of features: a page is a GeoJSON FeatureCollection with `count`, `next` and `previous`."""

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """What a page is, by the schema of the collection of its features."""
        links = super().get_paginated_response_schema(schema)["properties"]
        around = {name: links[name] for name in ("count", "next", "previous")}
        return {"allOf": [schema, {"type": "object", "required": ["count"], "properties": around}]}


class ChosenPaginator(Paginator):  # type: ignore[type-arg]  # not to be had when run
    """Pages of the keys of rows that take long to choose: a page and how many rows there are, in one query."""

    def page(self, number: int | str) -> Page[Any]:
        wanted = _page_number(str(number)) or self.validate_number(number)
        found = _keys_and_count(self.object_list, wanted, self.per_page)
        if found or wanted == 1:
            self.count = found[0][1] if found else 0
        else:
            self.validate_number(wanted)  # raises EmptyPage
        return Page([key for key, _count in found], wanted, self)


class ChosenGeoPages(GeoPages):
    """Pages of features that take long to choose; the view makes rows of the keys that it gets."""

    django_paginator_class = ChosenPaginator


def page_of(request: HttpRequest, rows: Any, size: int) -> Page[Any]:
    """Return the page of `rows` (a queryset or sequence) that `?page=` names; the first or last for a wrong number.

    ``ui/pagination.html`` leads to its neighbours.
    """
    return Paginator(rows, size).get_page(request.GET.get("page"))


def page_of_chosen(
    request: HttpRequest, rows: QuerySet[Any], size: int, whole: Callable[[QuerySet[Any]], QuerySet[Any]] = QuerySet.all
) -> Page[Any]:
    """Return the same page of rows that take long to choose: their keys and how many there are, in one query.

    Then the rows of these keys, with all that `whole` adds to them: no row before a late page is read.
    """
    paginator, text = Paginator(whole(rows), size), request.GET.get("page") or "1"
    number = _page_number(text)
    if not number:
        return paginator.get_page(text)
    found = _keys_and_count(rows, number, size)
    if not found and number > 1:
        return paginator.get_page(text)
    paginator.count = found[0][1] if found else 0
    by_key = whole(rows.model._default_manager.filter(pk__in=[key for key, _count in found])).in_bulk()
    return Page([by_key[key] for key, _count in found if key in by_key], number, paginator)


def _page_number(text: str) -> int:
    """A page that may be asked for by its number; 0 for what is none."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
    return number if number <= FARTHEST else 0


def _keys_and_count(rows: Any, number: int, size: int) -> list[tuple[Any, int]]:
    counted = rows.annotate(of_all=Window(Count("pk"))).values_list("pk", "of_all")
    return list(counted[(number - 1) * size : number * size])
