"""Polling: the part of a page that reloads itself while a job runs."""

from django.http import HttpResponse
from django.urls import reverse


def fetch_panel(answer: HttpResponse, name: str, pk: int) -> None:
    """Have htmx fetch the whole panel from the address `name` of `pk` in place of the part that polled."""
    address = reverse(name, args=[pk])
    answer["HX-Location"] = f'{{"path":"{address}","target":"#panel-host","select":"#panel","swap":"innerHTML"}}'
