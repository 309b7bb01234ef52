"""Addresses of the public side, from the root of the site."""

from django.urls import path

from supervision.pages.public import adoption, moderation, my_report, published, report

app_name = "matters"

urlpatterns = [
    path("report/near/", report.near_here, name="near"),
    path("report/offline/", report.offline, name="offline"),
    path("outbox/", report.outbox, name="outbox"),
    path("my/<secret:token>/", my_report.mine, name="mine"),
    path("my/mail/<int:pk>/<str:signature>/", my_report.mine_by_mail, name="mine_by_mail"),
    path("my/mail/<int:pk>/<str:signature>/files/<int:file>/", my_report.answer_file_by_mail, name="mine_file_by_mail"),
    path("my/<secret:token>/files/<int:file>/", my_report.answer_file, name="mine_file"),
    path("my/<secret:token>/<str:step>/", my_report.step, name="mine_step"),
    path("matters/", published.matter_list, name="list"),
    path("matters/photos/<int:pk>/", published.photo, name="photo"),
    path("matters/received/", moderation.received, name="received"),
    path("matters/originals/<int:pk>/", moderation.original, name="original"),
    path("matters/cover/<int:pk>/", moderation.cover, name="cover"),
    path("matters/unadopted/", adoption.unadopted, name="unadopted"),
    path("matters/<str:number>/", published.matter, name="matter"),
    path("matters/<str:number>/support/", published.support, name="support"),
    path("matters/<str:number>/adopt/", adoption.adopt, name="adopt"),
    path("matters/<str:number>/publish/", moderation.publish, name="publish"),
]
