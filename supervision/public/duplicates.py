"""Possible duplicates: what was reported already, close by and lately, in the same category."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.gis.db.models import GeometryField, PointField
from django.contrib.gis.geos import Point
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, FloatField, Func, OuterRef, QuerySet, Value
from django.db.models.functions import Cos, Greatest, JSONObject, Radians
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
    near = _near(user, Value(category), Value(place, output_field=PointField(srid=4326)), now)
    return [_duplicate(row, row.away) for row in _shown(near).order_by("away", "pk")[:MOST_SHOWN]]


def duplicates_of(user: Asker, matters: Sequence[Suggestion]) -> dict[int, list[PossibleDuplicate]]:
    """The same for each of some matters, by its key and without itself; two queries for all of them."""
    others = _near(user, OuterRef("category"), OuterRef("finding__geom")).exclude(pk=OuterRef("pk"))
    nearest = others.order_by("away", "pk").values(found=JSONObject(pk="pk", away="away"))[:MOST_SHOWN]
    asked = Suggestion.objects.filter(pk__in=[matter.pk for matter in matters], finding__isnull=False)
    found = dict(asked.annotate(near=ArraySubquery(nearest)).values_list("pk", "near"))
    rows = _shown(Suggestion.objects.all()).in_bulk({one["pk"] for near in found.values() for one in near})
    return {pk: [_duplicate(rows[one["pk"]], one["away"]) for one in near] for pk, near in found.items()}


def _near(user: Asker, category: Any, place: Any, now: datetime | None = None) -> QuerySet[Any]:
    """Open matters with their distance in metres; category and place are a value or those of the query around this."""
    book = rules.book()
    days, metres = book.value("reports.near_days"), book.value("reports.near_m")
    rows = matters_readable_by(user).filter(
        category=category,
        state__in=OPEN,
        submitted_at__gte=(now or timezone.now()) - timedelta(days=days),
        finding__geom__bboverlaps=_Around(place, metres + FARTHEST_OFF * METRES_PER_DEGREE),
    )
    away = Func(PublicPlace("finding__geom"), place, function="ST_DistanceSphere", output_field=FloatField())
    return rows.annotate(away=away).filter(away__lte=metres)


class _Around(Func):
    """A box around the circle of so many metres, so that the index is used before distances are worked out."""

    function = "ST_Expand"
    output_field = GeometryField(srid=4326)

    def __init__(self, place: Any, metres: float) -> None:
        north = Func(place, function="ST_Y", output_field=FloatField())
        high = metres / METRES_PER_DEGREE
        super().__init__(place, Value(high) / Greatest(Cos(Radians(north)), Value(0.01)), Value(high))


def _shown(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.select_related("finding__area").annotate(supports=Count("finding__supports", distinct=True))


def _duplicate(row: Any, metres: float) -> PossibleDuplicate:
    text = row.public_text if row.is_public and row.public_text else row.title
    return PossibleDuplicate(row, text, round(metres), row.supports)
