"""Addresses of the pages of sources, below `layers/import/sources/`."""

from django.urls import path

from layers.pages.sources import views

urlpatterns = [
    path("sources/", views.index, name="sources"),
    path("sources/hosts/", views.hosts, name="source_hosts"),
    path("sources/hosts/<int:pk>/end/", views.end_host, name="source_host_end"),
    path("sources/<int:pk>/", views.source, name="source"),
    path("sources/<int:pk>/status/", views.source_status, name="source_status"),
    path("sources/<int:pk>/<slug:step>/", views.source_step, name="source_step"),
]
