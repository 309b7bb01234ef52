"""Addresses of accounts."""

from django.urls import path

from accounts.people import code_views, views

app_name = "people"

urlpatterns = [
    path("", views.person_list, name="list"),
    path("download.<str:extension>", views.download, name="download"),
    path("new/", views.invite, name="invite"),
    path("invitations/", code_views.sheet, name="invitation_sheet"),
    path("sheet/", views.people_sheet, name="sheet"),
    path("<int:pk>/", views.person, name="person"),
    path("<int:pk>/factor/", views.person_factor, name="factor"),
    path("<int:pk>/<slug:step>/", views.person_step, name="step"),
]
