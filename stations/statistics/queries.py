"""Statistics of receptions: sessions, themed sessions, attendances, visitors, matters, settled matters."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from dateutil.relativedelta import relativedelta
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncMonth, TruncQuarter, TruncYear
from django.urls import reverse
from django.utils import timezone

from accounts.models import Area
from accounts.permissions import Asker, within
from stations.receptions.models import Reception
from stations.receptions.permissions import receptions_visible_to
from stations.receptions.queries import with_counts
from stations.register.models import Station
from stations.register.permissions import deputies_visible_to, stations_visible_to

PERIODS = {"year": TruncYear, "quarter": TruncQuarter, "month": TruncMonth}


@dataclass(frozen=True)
class Statistics:
    """The five figures by which stations are reported, and the themed sessions."""

    sessions: int = 0
    themed: int = 0
    attendances: int = 0
    """Deputies counted once for each session they signed in to."""
    visitors: int = 0
    matters: int = 0
    settled: int = 0

    @property
    def settled_percent(self) -> int | None:
        """Settled matters of all matters, rounded; None without any matter."""
        return round(100 * self.settled / self.matters) if self.matters else None


@dataclass(frozen=True)
class StatisticsRow:
    """Statistics of one period or town, under its name (a date for a month or quarter)."""

    label: Any
    figures: Statistics
    url: str = ""
    """The list of the receptions that are counted."""


@dataclass(frozen=True)
class Scope:
    """Which receptions are counted: from `since` to `until`, both days included.

    `area` is a town's code, or an area with all that lies in it.

    Days are those of the current time zone (Asia/Shanghai).
    """

    since: date | None = None
    until: date | None = None
    area: str | Area = ""
    station: Station | None = None


def days_url(scope: Scope, *, station: str = "") -> str:
    """The list of the receptions that a scope counts; `station` is a code. A whole area is asked by its towns only."""
    asked = {
        "held": "true",
        "since": _midnight(scope.since).isoformat() if scope.since else "",
        "until": _midnight(scope.until + timedelta(days=1)).isoformat() if scope.until else "",
        "area": scope.area.code if isinstance(scope.area, Area) else scope.area,
        "station": station or (scope.station.code if scope.station else ""),
    }
    return f"{reverse('stations:receptions')}?{urlencode({name: value for name, value in asked.items() if value})}"


def sums_of(held: QuerySet[Reception]) -> Statistics:
    """The statistics of receptions that come with what was counted for each (`with_counts`)."""
    return _figures(held.order_by().aggregate(**_COUNTS))


def statistics(
    user: Asker,
    since: date | None = None,
    until: date | None = None,
    area: str | Area = "",
    station: Station | None = None,
) -> Statistics:
    """Compute the statistics of the receptions in scope (see :class:`Scope`)."""
    return _figures(_held_in_scope(user, Scope(since, until, area, station)).aggregate(**_COUNTS))


def statistics_by_year(user: Asker, area: str = "", station: Station | None = None) -> list[StatisticsRow]:
    """Compute the statistics of each year, the latest first."""
    rows = by_period(user, "year", Scope(area=area, station=station))
    return [replace(row, label=row.label.year) for row in rows]


def by_period(user: Asker, step: str, scope: Scope) -> list[StatisticsRow]:
    """Compute the statistics of each year, quarter or month (`step`), the latest first; labels are first days."""
    held = _held_in_scope(user, scope).annotate(period=PERIODS[step]("starts_at"))
    rows = held.values("period").annotate(**_COUNTS).order_by("-period")
    firsts = [(timezone.localtime(row["period"]).date(), row) for row in rows]
    return [StatisticsRow(first, _figures(row), days_url(_within(scope, step, first))) for first, row in firsts]


def _within(scope: Scope, step: str, first: date) -> Scope:
    """The part of a scope that lies in the period which begins on `first`."""
    last = first + relativedelta(months={"year": 12, "quarter": 3, "month": 1}[step]) - timedelta(days=1)
    return replace(scope, since=max(first, scope.since or first), until=min(last, scope.until or last))


def statistics_by_town(
    user: Asker, since: date | None = None, until: date | None = None, area: str | Area = ""
) -> list[StatisticsRow]:
    """Compute the statistics of each town that held a reception, in the order of the towns' codes."""
    held = _held_in_scope(user, Scope(since, until, area))
    towns = held.values("station__area__code", "station__area__name").annotate(**_COUNTS)
    return [
        StatisticsRow(
            row["station__area__name"], _figures(row), days_url(Scope(since, until, row["station__area__code"]))
        )
        for row in towns.order_by("station__area__code")
    ]


def statistics_by_station(user: Asker, scope: Scope) -> list[StatisticsRow]:
    """Compute the statistics of each station that held a reception, in the order of the stations' codes."""
    stations = _held_in_scope(user, scope).values("station__code", "station__name").annotate(**_COUNTS)
    return [
        StatisticsRow(row["station__name"], _figures(row), days_url(scope, station=row["station__code"]))
        for row in stations.order_by("station__code")
    ]


_COUNTS = {
    "n_sessions": Count("pk"),
    "n_themed": Count("pk", filter=Q(kind=Reception.Kind.THEMED)),
    "n_attendances": Coalesce(Sum("present"), 0),
    "n_visitors": Coalesce(Sum("visitors"), 0),
    "n_matters": Coalesce(Sum("received"), 0),
    "n_settled": Coalesce(Sum("settled"), 0),
}


def _figures(row: Mapping[str, Any]) -> Statistics:
    return Statistics(**{part.name: row[f"n_{part.name}"] for part in fields(Statistics)})


def _held_in_scope(user: Asker, scope: Scope) -> QuerySet[Reception]:
    """Return the held receptions in scope, each with what belongs to it counted."""
    held = with_counts(receptions_visible_to(user).filter(held=True).order_by())
    if scope.since:
        held = held.filter(starts_at__gte=_midnight(scope.since))
    if scope.until:
        held = held.filter(starts_at__lt=_midnight(scope.until + timedelta(days=1)))
    if isinstance(scope.area, Area):
        held = held.filter(within(scope.area, "station__area"))
    elif scope.area:
        held = held.filter(station__area__code=scope.area)
    return held.filter(station=scope.station) if scope.station else held


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def numbers(user: Asker) -> dict[str, Any]:
    """Return what the numbers page shows of the stations: all, by year, by town, with the stations as base.

    All three are sums of one count by town and year.
    """
    receptions = receptions_visible_to(user)
    held = _held_in_scope(user, Scope()).annotate(period=TruncYear("starts_at"))
    counted = held.values("period", "station__area__code", "station__area__name").annotate(**_COUNTS)
    cells = [(row, _figures(row)) for row in counted.order_by("station__area__code")]
    years: dict[int, list[Statistics]] = defaultdict(list)
    towns: dict[tuple[str, str], list[Statistics]] = defaultdict(list)
    for row, figures in cells:
        years[timezone.localtime(row["period"]).year].append(figures)
        towns[row["station__area__code"], row["station__area__name"]].append(figures)
    return {
        "stations": stations_visible_to(user).count(),
        "stations_active": receptions.filter(held=True).values("station").distinct().count(),
        "deputies": deputies_visible_to(user).count(),
        "all": _sum(figures for _row, figures in cells),
        "url": days_url(Scope()),
        "years": [
            StatisticsRow(year, _sum(found), days_url(_within(Scope(), "year", date(year, 1, 1))))
            for year, found in sorted(years.items(), reverse=True)
        ],
        "towns": [
            StatisticsRow(name, _sum(found), days_url(Scope(area=code))) for (code, name), found in towns.items()
        ],
    }


def _sum(found: Iterable[Statistics]) -> Statistics:
    """Figures of several groups that share no reception as those of one."""
    rows = [astuple(each) for each in found]
    return Statistics(*map(sum, zip(*rows, strict=True))) if rows else Statistics()
