"""Pages of river monitoring."""

from django.urls import include, path

from river_monitoring import (
    compare_views,
    follow_views,
    lake_views,
    near_views,
    registry_views,
    sample_views,
    statistics_views,
    views,
    water_views,
)

app_name = "river"
urlpatterns = [
    path("", views.overview, name="list"),
    path("statistics/", statistics_views.statistics, name="statistics"),
    path("compare/", compare_views.comparison, name="compare"),
    path("lakes/", lake_views.lakes, name="lakes"),
    path("waters/", water_views.water_list, name="water_list"),
    path("waters/<str:code>/", water_views.water, name="water"),
    path("waters/<str:code>/follow/", follow_views.follow_river, name="follow_river"),
    path("following/", follow_views.following, name="following"),
    path("near/", near_views.near, name="near"),
    path("disagreements/", near_views.disagreements, name="disagreements"),
    path("reaches/<str:code>/board/", water_views.signboard, name="signboard"),
    path("points/", views.point_list, name="point_list"),
    path("points/new/", registry_views.new_point, name="point_new"),
    path("points/<str:code>/", views.point_page, name="point"),
    path("points/<str:code>/transition/", views.transition, name="transition"),
    path("points/<str:code>/follow/", views.follow, name="follow"),
    path("points/<str:code>/samples/new/", sample_views.new_sample, name="sample_new"),
    path("points/<str:code>/samples/<int:pk>/correct/", sample_views.correct, name="sample_correct"),
    path("samples/review/", sample_views.review, name="sample_review"),
    path("samples/import/", sample_views.sheet, name="sample_sheet"),
    path("", include("river_monitoring.works.urls")),
    path("evidence/<int:pk>/", views.evidence_file, name="evidence"),
]
