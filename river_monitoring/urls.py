"""Pages of river monitoring."""

from django.urls import path

from river_monitoring import views

app_name = "river"
urlpatterns = [
    path("", views.overview, name="list"),
    path("points/", views.point_list, name="point_list"),
    path("points/<str:code>/", views.point_page, name="point"),
    path("points/<str:code>/transition/", views.transition, name="transition"),
    path("evidence/<int:pk>/", views.evidence_file, name="evidence"),
]
