"""Addresses of supervision, from the root of the site."""

from django.urls import path

from supervision.pages import findings, many, reply_texts
from supervision.pages import matter as desk
from supervision.pages.public import report
from supervision.pages.rules import kinds
from supervision.pages.rules import views as rules

app_name = "supervision"

urlpatterns = [
    path("report/", report.report, name="report"),
    path("findings/", findings.finding_list, name="list"),
    path("findings/export.<str:extension>", findings.download, name="download"),
    path("findings/update/", many.update, name="update"),
    path("findings/update/table.xlsx", many.download, name="update_xlsx"),
    path("findings/replies/", reply_texts.text_list, name="reply_texts"),
    path("findings/replies/new/", reply_texts.text, name="reply_text_new"),
    path("findings/replies/<int:pk>/", reply_texts.text, name="reply_text"),
    path("findings/replies/<int:pk>/delete/", reply_texts.delete, name="reply_text_delete"),
    path("findings/<int:pk>/", findings.finding, name="finding"),
    path("findings/photos/<int:pk>/", findings.photo, name="photo"),
    path("findings/photos/<int:pk>/small/", findings.photo_small, name="photo_small"),
    path("findings/videos/<int:pk>/<slug:part>/", findings.video, name="video"),
    path("findings/files/<int:pk>/", desk.step_file, name="step_file"),
    path("routing/", rules.rule_list, name="rules"),
    path("routing/new/", rules.rule, name="rule_new"),
    path("routing/zones.geojson", rules.zones_geojson, name="zones"),
    path("routing/clocks/", rules.clock_list, name="clocks"),
    path("routing/kinds/", kinds.kind_list, name="kinds"),
    path("routing/kinds/<slug:code>/", kinds.kind, name="kind"),
    path("routing/<int:pk>/", rules.rule, name="rule"),
    path("routing/<int:pk>/delete/", rules.delete, name="rule_delete"),
    path("suggestions/<str:number>/", desk.suggestion, name="suggestion"),
    path("suggestions/<str:number>/<str:verb>/", desk.step, name="step"),
]
