"""Addresses of patrols."""

from django.urls import path

from inspections.pages import views

app_name = "patrols"

urlpatterns = [
    path("", views.patrol_list, name="list"),
    path("new/", views.new, name="new"),
    path("offline/", views.offline, name="offline"),
    path("here/", views.here, name="here"),
    path("coverage/", views.coverage, name="coverage"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/stop/", views.stop, name="stop"),
    path("<int:pk>/find/", views.find, name="find"),
    path("<uuid:client_id>/find/", views.find_by_number, name="find_by_number"),
    path("<int:pk>/print/", views.printable, name="print"),
    path("<int:pk>/track.geojson", views.track, name="track"),
    path("found/<int:pk>/send/", views.send, name="send"),
    path("photos/<int:pk>/", views.photo, name="photo"),
    path("photos/<int:pk>/small/", views.photo_small, name="photo_small"),
]
