from django.urls import path

from layers import import_views, views

app_name = "layers"

urlpatterns = [
    path("", views.layer_list, name="list"),
    path("import/", import_views.upload, name="import"),
    path("import/<int:pk>/", import_views.job_page, name="import_job"),
    path("import/<int:pk>/status/", import_views.job_status, name="import_status"),
    path("import/<int:pk>/preview.geojson", import_views.job_geojson, name="import_geojson"),
    path("import/<int:pk>/confirm/", import_views.confirm, name="import_confirm"),
    path("import/<int:pk>/cancel/", import_views.cancel, name="import_cancel"),
    path("<str:slug>/", views.layer_detail, name="detail"),
    path("<str:slug>/table/", views.layer_table, name="table"),
    path("<str:slug>/features/<int:pk>/", views.feature_detail, name="feature"),
    path("<str:slug>/undo/", views.undo, name="undo"),
    path("<str:slug>/edit/", views.edit, name="edit"),
    path("<str:slug>/versions/<int:number>/rows.csv", views.row_report, name="row_report"),
    path("<str:slug>/export.<str:extension>", views.export, name="export"),
]
