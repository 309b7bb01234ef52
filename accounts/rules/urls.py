"""Addresses of the rules of the district."""

from django.urls import path

from accounts.rules import views

app_name = "rules"

urlpatterns = [
    path("", views.rule_list, name="list"),
    path("export.<str:extension>", views.download, name="download"),
    path("<str:key>/", views.rule, name="rule"),
    path("<str:key>/change/", views.change, name="change"),
    path("<str:key>/withdraw/<int:pk>/", views.withdraw, name="withdraw"),
]
