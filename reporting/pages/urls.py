"""Addresses of reports."""

from django.urls import path

from reporting.pages import reports

app_name = "reports"

urlpatterns = [
    path("", reports.reports, name="list"),
    path("<int:pk>/<str:suffix>/", reports.download, name="download"),
]
