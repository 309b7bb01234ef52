"""Addresses of the set-up."""

from django.urls import path

from geo_portal.setup import views

app_name = "setup"

urlpatterns = [
    path("", views.index, name="index"),
    path("record/", views.record, name="record"),
    path("record/history.<str:extension>", views.record_file, name="record_file"),
    path("loads/<int:pk>/undo/", views.take_back, name="undo"),
    path("<slug:slug>/", views.dataset, name="dataset"),
    path("<slug:slug>/template.xlsx", views.template, name="template"),
    path("<slug:slug>/rows.<str:extension>", views.rows, name="rows"),
    path("<slug:slug>/load/", views.apply, name="load"),
]
