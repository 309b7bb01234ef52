"""Addresses of a person's own calendar; the feed at its secret address stands in the root."""

from django.urls import path

from accounts.calendars import views

app_name = "calendars"

urlpatterns = [
    path("", views.page, name="page"),
    path("address/", views.make_address, name="make_address"),
    path("address/end/", views.end_address, name="end_address"),
    path("feed/", views.set_feed, name="set_feed"),
    path("feed/end/", views.end_feed, name="end_feed"),
    path("busy/", views.read_busy, name="read_busy"),
    path("busy/forget/", views.forget_busy, name="forget_busy"),
]
