"""Addresses of supervision, from the root of the site."""

from django.urls import path

from supervision import views
from supervision.desk import views as desk
from supervision.public.views import report
from supervision.rules import views as rules

app_name = "supervision"

urlpatterns = [
    path("report/", report.report, name="report"),
    path("findings/", views.finding_list, name="list"),
    path("findings/export.<str:extension>", views.download, name="download"),
    path("findings/<int:pk>/", views.finding, name="finding"),
    path("findings/photos/<int:pk>/", views.photo, name="photo"),
    path("findings/photos/<int:pk>/small/", views.photo_small, name="photo_small"),
    path("routing/", rules.rule_list, name="rules"),
    path("routing/new/", rules.rule, name="rule_new"),
    path("routing/zones.geojson", rules.zones_geojson, name="zones"),
    path("routing/clocks/", rules.clock_list, name="clocks"),
    path("routing/clocks/<str:name>/", rules.clock, name="clock"),
    path("routing/<int:pk>/", rules.rule, name="rule"),
    path("routing/<int:pk>/delete/", rules.delete, name="rule_delete"),
    path("suggestions/<str:number>/", desk.suggestion, name="suggestion"),
    path("suggestions/<str:number>/<str:verb>/", desk.step, name="step"),
]
