"""Reads of proposals: the list, what lies nearby, the next number."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point
from django.contrib.gis.measure import D
from django.db.models import QuerySet
from django.utils import timezone

from accounts import rules
from accounts.permissions import Asker
from ledger import numbers
from projects.plan.models import Project
from projects.plan.permissions import projects_visible_to
from projects.proposals.models import Proposal
from projects.proposals.permissions import proposals_visible_to
from ui.text.search_field import search

NEARBY_SHOWN = 5
NEARBY_YEARS = timedelta(days=2 * 365)
SEARCHED = ("title", "search_key", "number", "address", "area__name", "text")


@dataclass(frozen=True)
class NearbyItem:
    """Something like it that is already there, and how far from the place."""

    title: str
    url: str
    kind: str
    """``proposal`` or ``project``."""
    state: str
    metres: int


def list_proposals(user: Asker, **given: Any) -> QuerySet[Proposal]:
    """Return the proposals that `user` may see, narrowed by state, category, area, year and words."""
    found = proposals_visible_to(user).select_related("area", "project", "deputy")
    for name in ("state", "category", "area", "year"):
        if given.get(name):
            found = found.filter(**{name: given[name]})
    return search(found, given["q"], SEARCHED) if given.get("q") else found


def nearby(place: Point, user: Asker = None) -> list[NearbyItem]:
    """Return proposals of the last two years and projects within the configured distance, the nearest first."""
    since = timezone.now() - NEARBY_YEARS
    proposals = proposals_visible_to(user).filter(created_at__gte=since).exclude(state=Proposal.State.MERGED)
    projects = projects_visible_to(user).filter(year__gte=since.year)
    found = [
        _nearby_item(row, "proposal", row.title, row.get_state_display()) for row in _within_distance(proposals, place)
    ]
    found += [
        _nearby_item(row, "project", row.name, row.get_status_display()) for row in _within_distance(projects, place)
    ]
    return sorted(found, key=lambda near: near.metres)[:NEARBY_SHOWN]


def _within_distance(rows: QuerySet, place: Point) -> QuerySet:
    """Narrow to the distance; the box of degrees first, which the index answers."""
    metres = rules.value("projects.nearby_m")
    box = place.buffer(metres / 80_000)
    close = rows.filter(geom__intersects=box).annotate(metres=Distance("geom", place))
    return close.filter(metres__lte=D(m=metres)).order_by("metres")[:NEARBY_SHOWN]


def _nearby_item(row: Proposal | Project, kind: str, title: str, state: str) -> NearbyItem:
    return NearbyItem(title, row.get_absolute_url(), kind, str(state), round(row.metres.m))  # type: ignore[union-attr]


def next_number(year: int) -> str:
    """Return the next free number of the year (``2026-0017``); held until the transaction ends."""
    return numbers.next_number(Proposal.objects.all(), f"{year}-", 4, turn="projects.proposals")
