"""Pages of river monitoring."""

from django.urls import include, path

from river_monitoring.pages import (
    appraisal,
    comparison,
    following,
    lakes,
    near,
    point_changes,
    points,
    registration,
    sample,
    sample_sheet,
    samples,
    statistics,
    waters,
    words,
)

app_name = "river"
urlpatterns = [
    path("", points.overview, name="list"),
    path("statistics/", statistics.statistics, name="statistics"),
    path("appraisal/", appraisal.appraisal, name="appraisal"),
    path("compare/", comparison.comparison, name="compare"),
    path("lakes/", lakes.lakes, name="lakes"),
    path("waters/", waters.water_list, name="water_list"),
    path("waters/<str:code>/", waters.water, name="water"),
    path("waters/<str:code>/follow/", following.follow_river, name="follow_river"),
    path("following/", following.following, name="following"),
    path("near/", near.near, name="near"),
    path("disagreements/", near.disagreements, name="disagreements"),
    path("reaches/<str:code>/board/", waters.signboard, name="signboard"),
    path("points/", points.point_list, name="point_list"),
    path("points/new/", registration.new_point, name="point_new"),
    path("points/<str:code>/", points.point_page, name="point"),
    path("points/<str:code>/transition/", points.transition, name="transition"),
    path("points/<str:code>/change/", point_changes.change, name="point_change"),
    path("points/<str:code>/follow/", points.follow, name="follow"),
    path("points/<str:code>/object/", words.object_to, name="object"),
    path("objections/<int:pk>/answer/", words.answer, name="answer_objection"),
    path("evidence/<int:pk>/vouch/", words.vouch, name="vouch"),
    path("points/<str:code>/samples/", sample.sample_list, name="sample_list"),
    path("points/<str:code>/samples/new/", samples.new_sample, name="sample_new"),
    path("points/<str:code>/samples/<int:pk>/", sample.sample, name="sample"),
    path("points/<str:code>/samples/<int:pk>/check/", sample.check, name="sample_check"),
    path("points/<str:code>/samples/<int:pk>/correct/", samples.correct, name="sample_correct"),
    path("samples/review/", samples.review, name="sample_review"),
    path("samples/import/", sample_sheet.sheet, name="sample_sheet"),
    path("", include("river_monitoring.pages.works_urls")),
    path("evidence/<int:pk>/", points.evidence_file, name="evidence"),
]
