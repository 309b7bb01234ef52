"""Addresses of papers."""

from django.urls import path

from papers.pages import drafting, lists, open_data, paper, staff, topics

app_name = "papers"

urlpatterns = [
    path("", lists.paper_list, name="list"),
    path("new/", drafting.new, name="new"),
    path("open.<str:suffix>", open_data.download, name="open_data"),
    path("export.<str:suffix>", staff.export, name="export"),
    path("import/", staff.import_sheet, name="import"),
    path("sessions/", staff.sessions, name="sessions"),
    path("sessions/<int:pk>/", staff.sessions, name="session"),
    path("templates/", staff.templates, name="templates"),
    path("templates/current.docx", staff.template_file, name="template_file"),
    path("topics/", topics.topic_list, name="topics"),
    path("topics/<slug:kind>/<slug:key>/", topics.topic, name="topic"),
    path("topics/<slug:kind>/<slug:key>/places.geojson", topics.places, name="topic_places"),
    path("topics/<slug:kind>/<slug:key>/begin/", topics.begin, name="topic_begin"),
    path("raise/<str:number>/", topics.raise_matter, name="raise"),
    path("files/<int:pk>/", paper.file, name="file"),
    path("answers/<int:pk>/document/", paper.document, name="document"),
    path("scans/<int:pk>/", paper.scan, name="scan"),
    path("handlings/<int:pk>/<str:verb>/", paper.handling_step, name="handling_step"),
    path("<int:pk>/", paper.paper, name="paper"),
    path("<int:pk>/whole.pdf", paper.whole, name="whole"),
    path("<int:pk>/places.geojson", paper.places, name="places_geojson"),
    path("<int:pk>/edit/", drafting.edit, name="edit"),
    path("<int:pk>/signers/", drafting.signers, name="signers"),
    path("<int:pk>/signers/<int:member>/remove/", drafting.uninvite, name="uninvite"),
    path("<int:pk>/places/", drafting.where, name="places"),
    path("<int:pk>/places/<int:place>/remove/", drafting.remove_place, name="place_remove"),
    path("<int:pk>/files/", drafting.attachments, name="files"),
    path("<int:pk>/files/<int:file>/remove/", drafting.detach, name="detach"),
    path("<int:pk>/step/<str:verb>/", paper.step, name="step"),
]
