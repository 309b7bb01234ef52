"""Addresses of taking the data away."""

from django.urls import path

from geo_portal.leaving import views

app_name = "leaving"

urlpatterns = [
    path("", views.index, name="index"),
    path("start/", views.start, name="start"),
    path("download/", views.download, name="download"),
]
