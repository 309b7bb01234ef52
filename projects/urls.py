from django.urls import path

from projects import views
from projects.editing import place_views as places
from projects.editing import staff_views as staff
from projects.editing import views as editing
from projects.proposals import views as proposals
from projects.public import feed_views, feedback_views, follow_views
from projects.ratings import views as ratings
from projects.voting import views as voting

app_name = "projects"

urlpatterns = [
    path("", views.project_list, name="list"),
    path("download.<str:extension>", views.download, name="download"),
    path("lights/", staff.lights, name="lights"),
    path("candidates/new/", staff.new_candidate, name="new_candidate"),
    path("proposals/", proposals.proposal_list, name="proposals"),
    path("proposals/new/", proposals.propose, name="propose"),
    path("proposals/nearby/", proposals.proposals_nearby, name="proposals_nearby"),
    path("proposals/places.geojson", proposals.proposal_places, name="proposal_places"),
    path("proposals/<str:number>/", proposals.proposal, name="proposal"),
    path("proposals/<str:number>/sent/", proposals.proposal_sent, name="proposal_sent"),
    path("proposals/<str:number>/photo/", proposals.proposal_photo, name="proposal_photo"),
    path("proposals/<str:number>/<str:verb>/", proposals.review, name="review_proposal"),
    path("votes/", voting.vote_list, name="votes"),
    path("votes/new/", voting.call_vote, name="call_vote"),
    path("votes/<int:pk>/", voting.vote, name="vote"),
    path("votes/<int:pk>/cast/", voting.cast_ballot, name="cast_ballot"),
    path("votes/<int:pk>/count/", voting.close_vote, name="close_vote"),
    path("votes/<int:pk>/runoff/", voting.call_runoff, name="call_runoff"),
    path("votes/<int:pk>/ballots.csv", voting.ballots, name="ballots"),
    path("votes/<int:pk>/result.json", voting.result, name="vote_result"),
    path("open-data/", views.open_data_page, name="open_data"),
    path("feed.atom", feed_views.projects_feed, name="feed"),
    path("follow/<str:token>/", follow_views.follower, name="follower"),
    path("feedback/", feedback_views.desk, name="feedback_desk"),
    path("feedback/<int:pk>/", feedback_views.moderate, name="moderate_feedback"),
    path("feedback/<int:pk>/reply/", feedback_views.reply, name="reply_to_feedback"),
    path("feedback/<int:pk>/photo/", feedback_views.photo, name="feedback_photo"),
    path("feedback/<int:pk>/photo/<str:size>/", feedback_views.photo, name="feedback_photo_small"),
    path("feedback/mine/<str:token>/", feedback_views.receipt, name="feedback_receipt"),
    path("<str:code>/", views.project_detail, name="detail"),
    path("<str:code>/feed.atom", feed_views.project_feed, name="project_feed"),
    path("<str:code>/follow/", follow_views.ask_to_follow, name="follow"),
    path("<str:code>/feedback/", feedback_views.write, name="feedback"),
    path("<str:code>/milestones/", views.complete_milestone, name="complete_milestone"),
    path("<str:code>/reports/", editing.report, name="report_progress"),
    path("<str:code>/edit/", editing.basics, name="edit"),
    path("<str:code>/goals/", editing.goals, name="goals"),
    path("<str:code>/plan/", editing.milestones, name="plan"),
    path("<str:code>/stage/", editing.stage, name="stage"),
    path("<str:code>/recommendations/", editing.recommendation, name="recommendation"),
    path("<str:code>/places/", places.place_list, name="places"),
    path("<str:code>/places.geojson", editing.places_geojson, name="places_geojson"),
    path("<str:code>/places/add/", places.place_add, name="place_add"),
    path("<str:code>/places/upload/", places.place_upload, name="place_upload"),
    path("<str:code>/places/<int:pk>/remove/", places.place_remove, name="place_remove"),
    path("<str:code>/rating/", ratings.rate, name="rate"),
    path("<str:code>/rating/paper/", ratings.paper, name="paper_count"),
    path("<str:code>/photos/<int:pk>/", views.photo, name="photo"),
    path("<str:code>/photos/<int:pk>/<str:size>/", views.photo, name="photo_small"),
]
