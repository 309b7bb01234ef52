"""Addresses of the site below /news/. A page's own comes last, since its code may be any word."""

from django.urls import path

from publishing.pages import feeds, public

app_name = "publishing"

urlpatterns = [
    path("", public.page_list, name="list"),
    path("feed.atom", feeds.feed, name="feed"),
    path("files/<uuid:number>/<slug:sha256>/", public.file, name="file"),
    path("<slug:code>/", public.page, name="page"),
    path("<slug:code>/read/", public.confirm, name="confirm"),
]
