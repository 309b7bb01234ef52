"""Addresses of the voter's line, from the root of the site."""

from django.urls import path

from voters.pages import desk, lost, public, sheets

app_name = "voters"

urlpatterns = [
    path("to/", public.find, name="find"),
    path("to/<str:code>/", public.write, name="write"),
    path("line/lost/", lost.lost, name="lost"),
    path("line/<secret:code>", lost.mine_by_text, name="mine_by_text"),
    path("line/<secret:token>/", public.mine, name="mine"),
    path("line/mail/<int:pk>/<str:signature>/", public.mine_by_mail, name="mine_by_mail"),
    path("line/<secret:token>/<str:step>/", public.mine_step, name="mine_step"),
    path("voters/", desk.message_list, name="list"),
    path("voters/figures/", desk.figures, name="figures"),
    path("voters/sheets/", sheets.sheet_list, name="sheets"),
    path("voters/sheets/<str:code>/", sheets.sheet, name="sheet"),
    path("voters/receptions/<int:pk>/slip/", desk.reception_slip, name="reception_slip"),
    path("voters/photos/<int:pk>/", desk.photo, name="photo"),
    path("voters/videos/<int:pk>/<slug:part>/", desk.video, name="video"),
    path("voters/<int:pk>/", desk.message, name="message"),
    path("voters/<int:pk>/slip/", desk.reissue, name="reissue"),
    path("voters/<int:pk>/<slug:verb>/", desk.message_step, name="step"),
]
