"""Pages of what has no geometry of its own; GeoJSON pages its features itself."""

from rest_framework.pagination import PageNumberPagination


class Pages(PageNumberPagination):
    """`page` and `page_size` (at most 500)."""

    page_size_query_param = "page_size"
    max_page_size = 500
