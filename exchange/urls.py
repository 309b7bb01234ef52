"""Addresses of the exchange between levels, of webhooks, and of the data standards."""

from django.urls import path

from exchange.pages import desk, standards, webhooks

app_name = "exchange"

urlpatterns = [
    path("standards/", standards.standards, name="standards"),
    path("standards/<str:version>/codes.json", standards.code_lists, name="codes"),
    path("standards/<str:version>/<slug:slug>.schema.json", standards.schema, name="schema"),
    path("exchange/", desk.index, name="index"),
    path("exchange/partners/new/", desk.new, name="new"),
    path("exchange/partners/<int:pk>/", desk.partner, name="partner"),
    path("exchange/partners/<int:pk>/edit/", desk.edit, name="edit"),
    path("exchange/partners/<int:pk>/token/", desk.token, name="token"),
    path("exchange/partners/<int:pk>/send/", desk.send, name="send"),
    path("exchange/partners/<int:pk>/package.zip", desk.download, name="download"),
    path("exchange/partners/<int:pk>/takings/<int:taking>/undo/", desk.undo, name="undo"),
    path("exchange/partners/<int:pk>/<slug:kind>/", desk.records, name="records"),
    path("exchange/webhooks/", webhooks.index, name="webhooks"),
    path("exchange/webhooks/<int:pk>/", webhooks.webhook, name="webhook"),
    path("exchange/webhooks/<int:pk>/<slug:step>/", webhooks.step, name="webhook_step"),
    path("exchange/records/<int:pk>/", desk.record, name="record"),
    path("exchange/records/<int:pk>/files/<slug:sha256>/", desk.file, name="file"),
]
