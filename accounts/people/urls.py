"""Addresses of accounts."""

from django.urls import path

from accounts.people import views

app_name = "people"

urlpatterns = [
    path("", views.person_list, name="list"),
    path("download.<str:extension>", views.download, name="download"),
    path("new/", views.invite, name="invite"),
    path("sheet/", views.people_sheet, name="sheet"),
    path("<int:pk>/", views.person, name="person"),
    path("<int:pk>/<slug:step>/", views.person_step, name="step"),
]
