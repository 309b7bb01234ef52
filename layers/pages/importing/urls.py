"""Addresses of the import pages, below `layers/import/`."""

from django.urls import path

from layers.pages.importing import result_views as results
from layers.pages.importing import views
from layers.pages.rasters.views import import_picture

urlpatterns = [
    path("", views.upload, name="import"),
    path("crs/", views.crs_options, name="import_crs"),
    path("history/", views.history, name="import_history"),
    path("<int:pk>/", views.job_page, name="import_job"),
    path("<int:pk>/status/", views.job_status, name="import_status"),
    path("<int:pk>/confirm/", views.confirm, name="import_confirm"),
    path("<int:pk>/cancel/", views.cancel, name="import_cancel"),
    path("<int:pk>/retry/", views.retry, name="import_retry"),
    path("<int:pk>/picture.png", import_picture, name="import_picture"),
    path("<int:pk>/preview.geojson", results.preview_shapes, name="import_geojson"),
    path("<int:pk>/findings/", results.row_issue_list, name="import_findings"),
    path("<int:pk>/findings.geojson", results.row_issue_shapes, name="import_findings_geojson"),
    path("<int:pk>/findings.csv", results.row_issue_csv, name="import_findings_csv"),
    path("<int:pk>/changes/", results.change_list, name="import_changes"),
    path("<int:pk>/changes.geojson", results.change_shapes, name="import_changes_geojson"),
    path("<int:pk>/changes.csv", results.change_csv, name="import_changes_csv"),
]
