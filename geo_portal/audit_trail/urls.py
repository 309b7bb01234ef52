"""Addresses of the audit trail."""

from django.urls import path

from geo_portal.audit_trail import views

app_name = "audit"

urlpatterns = [
    path("", views.trail, name="trail"),
    path("export.<str:extension>", views.download, name="download"),
]
