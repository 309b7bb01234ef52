"""Addresses of notices."""

from django.urls import path, re_path

from accounts.notices import address_views, channel_views, views

app_name = "notices"

urlpatterns = [
    path("", views.notice_list, name="list"),
    path("<int:pk>/", views.open_notice, name="open"),
    path("read/", views.read_all, name="read_all"),
    path("preferences/", views.preferences, name="preferences"),
    path("own/<slug:channel>/", channel_views.own_address, name="own_address"),
    path("channels/", channel_views.channels, name="channels"),
    path("channels/<slug:channel>/try/", channel_views.try_channel, name="try_channel"),
    path("robots/", views.robots, name="robots"),
    re_path(r"^robots/(?P<pk>\d+)/(?P<step>try|remove|restore)/$", views.robot_step, name="robot_step"),
    path("confirm/<secret:token>/", address_views.confirm, name="confirm"),
    path("unsubscribe/<secret:token>/", address_views.unsubscribe, name="unsubscribe"),
]
