from django.urls import path

from projects import views
from projects.ratings import views as ratings
from projects.voting import views as voting

app_name = "projects"

urlpatterns = [
    path("", views.project_list, name="list"),
    path("download.<str:extension>", views.download, name="download"),
    path("votes/", voting.vote_list, name="votes"),
    path("votes/new/", voting.call_vote, name="call_vote"),
    path("votes/<int:pk>/", voting.vote, name="vote"),
    path("votes/<int:pk>/cast/", voting.cast_ballot, name="cast_ballot"),
    path("votes/<int:pk>/count/", voting.close_vote, name="close_vote"),
    path("votes/<int:pk>/runoff/", voting.call_runoff, name="call_runoff"),
    path("votes/<int:pk>/ballots.csv", voting.ballots, name="ballots"),
    path("votes/<int:pk>/result.json", voting.result, name="vote_result"),
    path("<str:code>/", views.project_detail, name="detail"),
    path("<str:code>/milestones/", views.complete_milestone, name="complete_milestone"),
    path("<str:code>/reports/", views.report_progress, name="report_progress"),
    path("<str:code>/rating/", ratings.rate, name="rate"),
    path("<str:code>/rating/paper/", ratings.paper, name="paper_count"),
    path("<str:code>/photos/<int:pk>/", views.photo, name="photo"),
]
