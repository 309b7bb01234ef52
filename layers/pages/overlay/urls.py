"""Addresses of the overlay tools, below `layers/overlay/`."""

from django.urls import path

from layers.pages.overlay import views

urlpatterns = [
    path("", views.ask, name="overlay"),
    path("<int:pk>/", views.run_page, name="overlay_run"),
    path("<int:pk>/status/", views.run_status, name="overlay_status"),
    path("<int:pk>/cancel/", views.cancel, name="overlay_cancel"),
    path("<int:pk>/save/", views.save, name="overlay_save"),
    path("<int:pk>/result.geojson", views.result_geojson, name="overlay_geojson"),
    path("<int:pk>/result.csv", views.result_csv, name="overlay_csv"),
]
