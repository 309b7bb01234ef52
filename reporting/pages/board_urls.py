"""Addresses of boards, indicators, rules and warnings."""

from django.urls import path

from reporting.pages import boards, embedding, indicators, warnings

app_name = "boards"

urlpatterns = [
    path("", boards.board_list, name="list"),
    path("new/", boards.install, name="install"),
    path("indicators/", indicators.indicator_list, name="indicators"),
    path("indicators/new/", indicators.edit, name="indicator_new"),
    path("indicators/<str:code>/", indicators.indicator, name="indicator"),
    path("indicators/<str:code>/edit/", indicators.edit, name="indicator_edit"),
    path("indicators/<str:code>/values.<str:extension>", indicators.indicator_file, name="indicator_file"),
    path("rules/", warnings.rule_list, name="rules"),
    path("rules/new/", warnings.rule_edit, name="rule_new"),
    path("rules/<str:code>/", warnings.rule, name="rule"),
    path("rules/<str:code>/edit/", warnings.rule_edit, name="rule_edit"),
    path("rules/<str:code>/switch/", warnings.rule_switch, name="rule_switch"),
    path("warnings/", warnings.warning_list, name="warnings"),
    path("warnings/<int:pk>/", warnings.warning, name="warning"),
    path("warnings/<int:pk>/<str:step>/", warnings.warning_step, name="warning_step"),
    path("<slug:slug>/", boards.board, name="board"),
    path("<slug:slug>/edit/", boards.edit, name="edit"),
    path("<slug:slug>/copy/", boards.copy, name="copy"),
    path("<slug:slug>/versions/", boards.versions, name="versions"),
    path("<slug:slug>/embed/", embedding.embed, name="embed"),
    path("<slug:slug>/board.<str:extension>", boards.download, name="download"),
]
