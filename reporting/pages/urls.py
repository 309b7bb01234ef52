"""Addresses of reports."""

from django.urls import path

from reporting.pages import report_texts, reports

app_name = "reports"

urlpatterns = [
    path("", reports.reports, name="list"),
    path("order/<str:kind>/", reports.order, name="order"),
    path("texts/", report_texts.texts, name="texts"),
    path("texts/<int:pk>/sign/", report_texts.sign, name="sign"),
    path("texts/<str:kind>/<str:slot>/", report_texts.text, name="text"),
    path("<int:pk>/<str:suffix>/", reports.download, name="download"),
]
