"""Figures of inspections: their part of the numbers page."""

from typing import Any
from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.urls import reverse

from accounts.indicators import Source
from accounts.permissions import Asker
from inspections.patrols.filters import PatrolFilter
from inspections.patrols.permissions import patrols_visible_to
from inspections.patrols.queries import numbers


def section(asker: Asker) -> str:
    """How often and how far was patrolled lately; the same for everybody of a district."""
    found = numbers(asker)
    return render_to_string("patrols/_numbers.html", {"numbers": found, "url": _list_of_all(asker, found)})


def _list_of_all(asker: Asker, found: dict[str, Any]) -> str:
    """The list of the patrols that are counted, for whoever may see every one of them; else ""."""
    asked = {"since": found["since"].isoformat(), "ended": "true"}
    seen = PatrolFilter(asked, queryset=patrols_visible_to(asker)).qs.count()
    return f"{reverse('patrols:list')}?{urlencode(asked)}" if seen == found["patrols"] else ""


SOURCES = (Source(code="patrols", cases=lambda asker, scope, today: (), section=section),)
