"""Possible duplicates: what was reported already, close by and lately, in the same category."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import cos, radians
from typing import Any

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point, Polygon
from django.contrib.gis.measure import D
from django.db.models import Count
from django.utils import timezone

from accounts import rules
from accounts.permissions import Asker
from supervision.findings.places import FARTHEST_OFF, PublicPlace
from supervision.matters.models import Suggestion
from supervision.public.permissions import OPEN, matters_readable_by

MOST_SHOWN = 5
METRES_PER_DEGREE = 111_320


@dataclass(frozen=True, slots=True)
class PossibleDuplicate:
    """One matter that may be the same. `metres` is how far it is, `supports` how many others met it."""

    matter: Suggestion
    text: str
    metres: int
    supports: int


def possible_duplicates(
    user: Asker, category: str, place: Point, now: datetime | None = None
) -> list[PossibleDuplicate]:
    """Return the open matters near `place` (EPSG:4326) that `user` may read, the nearest first.

    Whoever may read only the public version gets only that, so distances are from the public place; radius and days are
    rules of the district.
    """
    book = rules.book()
    days, metres = book.value("reports.near_days"), book.value("reports.near_m")
    since = (now or timezone.now()) - timedelta(days=days)
    rows = matters_readable_by(user).filter(
        category=category,
        state__in=OPEN,
        submitted_at__gte=since,
        finding__geom__bboverlaps=_box(place, metres + FARTHEST_OFF * METRES_PER_DEGREE),
    )
    away = Distance(PublicPlace("finding__geom"), place)
    supports = Count("finding__supports", distinct=True)
    found = rows.select_related("finding__area").annotate(away=away, supports=supports).filter(away__lte=D(m=metres))
    return [_duplicate(row) for row in found.order_by("away", "pk")[:MOST_SHOWN]]


def _duplicate(row: Any) -> PossibleDuplicate:
    text = row.public_text if row.is_public and row.public_text else row.title
    return PossibleDuplicate(row, text, round(row.away.m), row.supports)


def _box(place: Point, metres: float) -> Polygon:
    """Return a box around the circle, so that the index is used before distances are worked out."""
    high = metres / METRES_PER_DEGREE
    wide = high / max(cos(radians(place.y)), 0.01)
    box = Polygon.from_bbox((place.x - wide, place.y - high, place.x + wide, place.y + high))
    box.srid = 4326
    return box
