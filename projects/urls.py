from django.urls import path

from projects import views

app_name = "projects"

urlpatterns = [
    path("", views.project_list, name="list"),
    path("download.<str:extension>", views.download, name="download"),
    path("<str:code>/", views.project_detail, name="detail"),
    path("<str:code>/milestones/", views.complete_milestone, name="complete_milestone"),
    path("<str:code>/reports/", views.report_progress, name="report_progress"),
    path("<str:code>/photos/<int:pk>/", views.photo, name="photo"),
]
