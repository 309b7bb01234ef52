"""Addresses of congresses and members."""

from django.urls import path

from accounts.congress import views

app_name = "members"

urlpatterns = [
    path("", views.congress_list, name="list"),
    path("new/", views.new_congress, name="new"),
    path("<int:pk>/", views.congress, name="congress"),
    path("<int:pk>/new/", views.new_member, name="new_member"),
    path("<int:pk>/term/", views.new_term, name="new_term"),
    path("<int:pk>/<int:number>/", views.member, name="member"),
    path("<int:pk>/<int:number>/end/", views.end_member, name="end_member"),
]
