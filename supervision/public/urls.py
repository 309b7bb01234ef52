"""Addresses of the public side, from the root of the site."""

from django.urls import path

from supervision.public.views import deputies, desk, mine, reading, report

app_name = "matters"

urlpatterns = [
    path("report/near/", report.near_here, name="near"),
    path("report/offline/", report.offline, name="offline"),
    path("my/<str:token>/", mine.mine, name="mine"),
    path("my/mail/<int:pk>/<str:signature>/", mine.mine_by_mail, name="mine_by_mail"),
    path("my/<str:token>/<str:step>/", mine.step, name="mine_step"),
    path("matters/", reading.matter_list, name="list"),
    path("matters/photos/<int:pk>/", reading.photo, name="photo"),
    path("matters/received/", desk.received, name="received"),
    path("matters/originals/<int:pk>/", desk.original, name="original"),
    path("matters/cover/<int:pk>/", desk.cover, name="cover"),
    path("matters/unadopted/", deputies.unadopted, name="unadopted"),
    path("matters/<str:number>/", reading.matter, name="matter"),
    path("matters/<str:number>/support/", reading.support, name="support"),
    path("matters/<str:number>/adopt/", deputies.adopt, name="adopt"),
    path("matters/<str:number>/publish/", desk.publish, name="publish"),
]
