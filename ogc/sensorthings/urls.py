"""The addresses of the SensorThings service. The project passes in what the rooms describe."""

from django.urls import URLPattern, path

from ogc.sensorthings.entities import Service
from ogc.sensorthings.views import SensorThings


def sensorthings_urls(service: Service) -> list[URLPattern]:
    """Return the routes below `/sta/v1.1`; the standard knows the root with and without a slash."""
    view = SensorThings.as_view(service=service)
    return [
        path("sta/v1.1", view, name="sta_root"),
        path("sta/v1.1/", view, name="sta_root_slash"),
        path("sta/v1.1/<path:resource>", view, name="sta"),
    ]
