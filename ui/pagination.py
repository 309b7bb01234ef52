"""Pages of a list: of a web page, and of the API where a thing has no geometry (GeoJSON pages its features itself)."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from rest_framework.pagination import PageNumberPagination


class Pages(PageNumberPagination):
    """`page` and `page_size` (at most 500)."""

    page_size_query_param = "page_size"
    max_page_size = 500


def page_of(request: HttpRequest, rows: Any, size: int) -> Page[Any]:
    """Return the page of `rows` (a queryset or sequence) that `?page=` names; the first or last for a wrong number.

    ``ui/pagination.html`` leads to its neighbours.
    """
    return Paginator(rows, size).get_page(request.GET.get("page"))
