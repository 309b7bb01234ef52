"""Addresses of the site below /news/. A page's own comes last, since its code may be any word."""

from django.urls import path

from publishing.pages import feeds, issues, public, videos

app_name = "publishing"

urlpatterns = [
    path("", public.page_list, name="list"),
    path("feed.atom", feeds.feed, name="feed"),
    path("journal/", issues.issue_list, name="issues"),
    path("files/<uuid:number>/<int:page>/<slug:sha256>/", issues.issue_picture, name="issue_picture"),
    path("files/<uuid:number>/<slug:sha256>/", public.file, name="file"),
    path("<slug:code>/", public.page, name="page"),
    path("videos/<uuid:number>/<slug:part>/", videos.video, name="video"),
    path("<slug:code>/pages/<int:number>/", issues.issue_page, name="issue_page"),
    path("<slug:code>/read/", public.confirm, name="confirm"),
]
