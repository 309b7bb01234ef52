"""Addresses of tokens."""

from django.urls import path

from accounts.tokens import views as token_views

app_name = "tokens"

urlpatterns = [
    path("", token_views.token_list, name="list"),
    path("<int:pk>/revoke/", token_views.revoke, name="revoke"),
]
