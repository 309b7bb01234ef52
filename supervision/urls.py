"""Addresses of supervision, from the root of the site."""

from django.urls import path

from supervision import views
from supervision.desk import views as desk

app_name = "supervision"

urlpatterns = [
    path("report/", views.report, name="report"),
    path("findings/", views.finding_list, name="list"),
    path("findings/<int:pk>/", views.finding, name="finding"),
    path("findings/photos/<int:pk>/", views.photo, name="photo"),
    path("findings/photos/<int:pk>/small/", views.photo_small, name="photo_small"),
    path("suggestions/<str:number>/", desk.suggestion, name="suggestion"),
    path("suggestions/<str:number>/<str:verb>/", desk.step, name="step"),
]
