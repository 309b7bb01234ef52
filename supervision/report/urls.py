"""Addresses of reports."""

from django.urls import path

from supervision.report import views

app_name = "reports"

urlpatterns = [
    path("", views.reports, name="list"),
    path("<int:pk>/<str:suffix>/", views.download, name="download"),
]
