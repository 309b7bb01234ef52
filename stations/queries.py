"""Reads of stations: the list, one station's page, and the statistics computed from the records."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point
from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, ExtractYear
from django.http import HttpRequest, QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone

from stations.filters import StationFilter
from stations.models import Reception, Station
from stations.permissions import deputies_visible_to, receptions_visible_to, stations_visible_to

PAST_SHOWN = 12


@dataclass(frozen=True)
class StationList:
    """A filtered list with what the reader must know of its size. `near` orders it by distance."""

    rows: QuerySet[Station]
    total: int
    in_view: int
    bbox: str
    filterset: StationFilter

    @property
    def is_narrowed(self) -> bool:
        """Whether any condition besides the words and the box is set."""
        given = self.filterset.data
        return any(given.get(name) for name in self.filterset.filters if name not in ("q", "in_bbox"))


@dataclass(frozen=True)
class Statistics:
    """What stations did, in the five numbers that stations are reported by, and the themed share."""

    sessions: int = 0
    themed: int = 0
    attendances: int = 0
    """Deputies counted once for each session they sat in."""
    visitors: int = 0
    matters: int = 0
    settled: int = 0

    @property
    def settled_percent(self) -> int | None:
        """Settled matters of all matters, rounded; None without any matter."""
        return round(100 * self.settled / self.matters) if self.matters else None


@dataclass(frozen=True)
class Row:
    """Statistics of one year or town, under its name."""

    label: Any
    figures: Statistics


def list_stations(request: HttpRequest, near: Point | None = None) -> StationList:
    """Return the stations that the address of `request` asks for, nearest to `near` first if given."""
    visible = stations_visible_to(request.user).select_related("area")
    if near is not None:
        visible = visible.annotate(away=Distance("geom", near)).order_by("away", "code")
    everywhere = StationFilter(without(request.GET, "in_bbox"), queryset=visible, request=request)
    narrowed = StationFilter(request.GET, queryset=visible, request=request)
    bbox = request.GET.get("in_bbox", "")
    total = everywhere.qs.count()
    return StationList(narrowed.qs, total, narrowed.qs.count() if bbox else total, bbox, narrowed)


def get_station(user: Any, code: str) -> Station:
    """Return the station of that code with its deputies in office; 404 without one."""
    in_office = Prefetch("deputies", deputies_visible_to(user))
    return get_object_or_404(stations_visible_to(user).select_related("area").prefetch_related(in_office), code=code)


def upcoming(user: Any, station: Station) -> QuerySet[Reception]:
    """Reception days announced and not over, the next one first."""
    return _days(user, station).filter(held=False, ends_at__gte=timezone.now()).order_by("starts_at")


def past(user: Any, station: Station) -> QuerySet[Reception]:
    """The latest reception days that were held."""
    return _days(user, station).filter(held=True).order_by("-starts_at")[:PAST_SHOWN]


def statistics(
    user: Any, since: date | None = None, until: date | None = None, area: str = "", station: Station | None = None
) -> Statistics:
    """Compute the statistics of held receptions from `since` to `until`, both days included.

    `area` is a town's code. Days are those of the current time zone (Asia/Shanghai).
    """
    return _figures(_held(user, since, until, area, station).aggregate(**_COUNTS))


def statistics_by_year(user: Any, area: str = "", station: Station | None = None) -> list[Row]:
    """Compute the statistics of each year, the latest first."""
    held = _held(user, area=area, station=station).annotate(year=ExtractYear("starts_at"))
    return [Row(row["year"], _figures(row)) for row in held.values("year").annotate(**_COUNTS).order_by("-year")]


def statistics_by_town(user: Any, since: date | None = None, until: date | None = None) -> list[Row]:
    """Compute the statistics of each town that held a reception, in the order of the towns' codes."""
    towns = _held(user, since, until).values("station__area__code", "station__area__name").annotate(**_COUNTS)
    return [Row(row["station__area__name"], _figures(row)) for row in towns.order_by("station__area__code")]


def numbers(user: Any) -> dict[str, Any]:
    """Return what the numbers page shows of the stations: all, by year, by town, with the stations as base."""
    receptions = receptions_visible_to(user)
    return {
        "stations": stations_visible_to(user).count(),
        "stations_active": receptions.filter(held=True).values("station").distinct().count(),
        "deputies": deputies_visible_to(user).count(),
        "all": statistics(user),
        "years": statistics_by_year(user),
        "towns": statistics_by_town(user),
    }


# Counted by a subquery: a join would count a session's visitors once for each of its deputies.
_PRESENT = Subquery(
    Reception.deputies.through.objects.filter(reception=OuterRef("pk"))
    .order_by()
    .values("reception")
    .annotate(present=Count("pk"))
    .values("present")  # type: ignore[misc]  # the annotation of the line before
)
_COUNTS = {
    "n_sessions": Count("pk"),
    "n_themed": Count("pk", filter=Q(kind=Reception.Kind.THEMED)),
    "n_attendances": Coalesce(Sum("present"), 0),
    "n_visitors": Coalesce(Sum("visitors"), 0),
    "n_matters": Coalesce(Sum("matters"), 0),
    "n_settled": Coalesce(Sum("matters_settled"), 0),
}


def _figures(row: Mapping[str, Any]) -> Statistics:
    return Statistics(**{part.name: row[f"n_{part.name}"] for part in fields(Statistics)})


def _held(
    user: Any, since: date | None = None, until: date | None = None, area: str = "", station: Station | None = None
) -> QuerySet[Reception]:
    """Return the held receptions of a period, a town, a station, each with its deputies counted."""
    held = receptions_visible_to(user).filter(held=True).order_by().annotate(present=_PRESENT)
    if since:
        held = held.filter(starts_at__gte=_midnight(since))
    if until:
        held = held.filter(starts_at__lt=_midnight(until + timedelta(days=1)))
    if area:
        held = held.filter(station__area__code=area)
    return held.filter(station=station) if station else held


def _days(user: Any, station: Station) -> QuerySet[Reception]:
    in_office = Prefetch("deputies", deputies_visible_to(user))
    return receptions_visible_to(user).filter(station=station).prefetch_related(in_office)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def without(params: QueryDict, name: str) -> QueryDict:
    """Return the parameters of an address but one."""
    rest = params.copy()
    rest.pop(name, None)
    return rest
