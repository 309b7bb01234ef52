"""Reads of reception days, with what was counted and booked for each."""

from typing import Any

from django.db.models import Count, OuterRef, Prefetch, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.permissions import Asker
from stations.receptions.models import Attendance, Booking, Matter, Reception
from stations.receptions.permissions import receptions_visible_to
from stations.receptions.table import TABLE
from stations.register.models import Station
from stations.register.permissions import deputies_visible_to

PAST_SHOWN = 12


def with_counts(receptions: QuerySet[Reception]) -> QuerySet[Reception]:
    """Annotate each reception with `present`, `received` and `settled`, each counted from its rows."""
    return receptions.annotate(
        present=Coalesce(_count_subquery(Attendance.objects.all()), 0),
        received=Coalesce(_count_subquery(Matter.objects.all()), 0),
        settled=Coalesce(_count_subquery(Matter.objects.filter(settled_on__isnull=False)), 0),
    )


def _count_subquery(rows: QuerySet[Any]) -> Subquery:
    """Count rows by a subquery: a join would count a session's visitors once for each of its deputies."""
    mine = rows.filter(reception=OuterRef("pk")).order_by().values("reception")
    return Subquery(mine.annotate(n=Count("pk")).values("n"))


def upcoming_days(user: Asker, station: Station) -> QuerySet[Reception]:
    """Reception days announced and not over, the next one first."""
    return (
        reception_days(user)
        .filter(station=station, status__in=TABLE.in_group("to_be_held"), ends_at__gte=timezone.now())
        .order_by("starts_at")
    )


def past_days(user: Asker, station: Station) -> QuerySet[Reception]:
    """The latest reception days that were held."""
    return reception_days(user).filter(station=station, held=True).order_by("-starts_at")[:PAST_SHOWN]


def reception_days(user: Asker) -> QuerySet[Reception]:
    """Reception days with their deputies in office, and what was counted and booked for each."""
    in_office = Prefetch("deputies", deputies_visible_to(user))
    days = with_counts(receptions_visible_to(user)).select_related("station__area").defer("station__area__geom")
    return days.prefetch_related(in_office)


def seats_taken(reception: Reception) -> int:
    """How many people are booked in for a reception."""
    booked = Booking.objects.filter(reception=reception, cancelled_at=None).aggregate(people=Sum("people"))
    return booked["people"] or 0
