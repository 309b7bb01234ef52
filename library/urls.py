"""Addresses below /library/. A document's own come last, since its code may be any word."""

from django.urls import path

from library.pages import editing, study, terms, views

app_name = "library"

urlpatterns = [
    path("", views.document_list, name="list"),
    path("new/", editing.new, name="new"),
    path("terms/", terms.term_list, name="terms"),
    path("terms/<slug:term>/", terms.term, name="term"),
    path("<slug:code>/", views.document, name="document"),
    path("<slug:code>/studied/", study.studied, name="studied"),
    path("<slug:code>/new-version/", editing.new_version, name="new_version"),
    path("<slug:code>/relate/", editing.relate, name="relate"),
    path("<slug:code>/places/", editing.places, name="places"),
    path("<slug:code>/places/look/", editing.look_again, name="look_again"),
    path("<slug:code>/places/decide/", editing.decide_place, name="decide_place"),
    path("<slug:code>/<int:version>/original/", views.original, name="original"),
    path("<slug:code>/<int:version>/<str:anchor>/", views.article, name="article"),
]
