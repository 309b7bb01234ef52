"""Addresses of sessions' columns."""

from django.urls import path

from meetings.pages import column, deputies, desk

app_name = "meetings"

urlpatterns = [
    path("", column.meeting_list, name="list"),
    path("new/", desk.new, name="new"),
    path("in/<str:code>/", deputies.code, name="code"),
    path("<int:pk>/", column.meeting, name="meeting"),
    path("<int:pk>/papers/", column.papers, name="papers"),
    path("<int:pk>/sign-in/", deputies.sign_in_typed, name="sign_in"),
    path("<int:pk>/documents/<int:number>/", column.document, name="document"),
    path("<int:pk>/documents/<int:number>/remove/", desk.remove_document, name="document_remove"),
    path("<int:pk>/documents/<int:number>/articles/<str:anchor>/", deputies.article, name="article"),
    path("<int:pk>/desk/", desk.desk, name="desk"),
    path("<int:pk>/desk/documents/", desk.add_document, name="document_add"),
    path("<int:pk>/desk/items/new/", desk.item, name="item_new"),
    path("<int:pk>/desk/items/<int:number>/", desk.item, name="item"),
    path("<int:pk>/desk/items/<int:number>/remove/", desk.remove_item, name="item_remove"),
    path("<int:pk>/desk/items/<int:number>/presence/", desk.presence_of, name="presence"),
    path("<int:pk>/desk/items/<int:number>/code/", desk.print_code, name="print_code"),
    path("<int:pk>/desk/comments.<str:suffix>", desk.comments, name="comments"),
    path("<int:pk>/desk/minutes.docx", desk.minutes, name="minutes"),
]
