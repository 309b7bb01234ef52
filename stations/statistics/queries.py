"""Statistics of receptions: sessions, themed sessions, attendances, visitors, matters, settled matters."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import astuple, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from dateutil.relativedelta import relativedelta
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.functions import TruncMonth, TruncQuarter, TruncYear
from django.urls import reverse

from accounts.models import Area
from accounts.permissions import Asker, within
from stations.receptions.models import Reception
from stations.receptions.permissions import receptions_visible_to
from stations.register.models import Station
from stations.register.permissions import deputies_visible_to, stations_visible_to
from ui.days import midnight, midnight_after

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
        "since": midnight(scope.since).isoformat() if scope.since else "",
        "until": midnight_after(scope.until).isoformat() if scope.until else "",
        "area": scope.area.code if isinstance(scope.area, Area) else scope.area,
        "station": station or (scope.station.code if scope.station else ""),
    }
    return f"{reverse('stations:receptions')}?{urlencode({name: value for name, value in asked.items() if value})}"


def sums_of(held: QuerySet[Reception]) -> Statistics:
    """The statistics of those receptions, however they were chosen."""
    return _all(Reception.objects.filter(pk__in=held.order_by().values("pk")))


def statistics(
    user: Asker,
    since: date | None = None,
    until: date | None = None,
    area: str | Area = "",
    station: Station | None = None,
) -> Statistics:
    """Compute the statistics of the receptions in scope (see :class:`Scope`)."""
    return _all(_held_in_scope(user, Scope(since, until, area, station)))


def statistics_by_year(user: Asker, area: str = "", station: Station | None = None) -> list[StatisticsRow]:
    """Compute the statistics of each year, the latest first."""
    rows = by_period(user, "year", Scope(area=area, station=station))
    return [replace(row, label=row.label.year) for row in rows]


def by_period(user: Asker, step: str, scope: Scope) -> list[StatisticsRow]:
    """Compute the statistics of each year, quarter or month (`step`), the latest first; labels are first days."""
    found = _groups(_held_in_scope(user, scope), step)
    return [
        StatisticsRow(first, figures, days_url(_within(scope, step, first)))
        for (first,), figures in sorted(found.items(), key=_first, reverse=True)
    ]


def _within(scope: Scope, step: str, first: date) -> Scope:
    """The part of a scope that lies in the period which begins on `first`."""
    last = first + relativedelta(months={"year": 12, "quarter": 3, "month": 1}[step]) - timedelta(days=1)
    return replace(scope, since=max(first, scope.since or first), until=min(last, scope.until or last))


def statistics_by_town(
    user: Asker, since: date | None = None, until: date | None = None, area: str | Area = ""
) -> list[StatisticsRow]:
    """Compute the statistics of each town that held a reception, in the order of the towns' codes."""
    found = _groups(_held_in_scope(user, Scope(since, until, area)), "station__area__code", "station__area__name")
    return [
        StatisticsRow(name, figures, days_url(Scope(since, until, code)))
        for (code, name), figures in sorted(found.items(), key=_first)
    ]


def statistics_by_station(user: Asker, scope: Scope) -> list[StatisticsRow]:
    """Compute the statistics of each station that held a reception, in the order of the stations' codes."""
    found = _groups(_held_in_scope(user, scope), "station__code", "station__name")
    return [
        StatisticsRow(name, figures, days_url(scope, station=code))
        for (code, name), figures in sorted(found.items(), key=_first)
    ]


GROUPED = """
WITH held({columns}) AS MATERIALIZED ({receptions})
SELECT {keys}count(*), count(*) FILTER (WHERE kind = %s), coalesce(sum(attendances), 0)::int,
       coalesce(sum(visitors), 0)::int, coalesce(sum(matters), 0)::int, coalesce(sum(settled), 0)::int
FROM held
LEFT JOIN (SELECT reception_id, count(*) AS attendances FROM stations_attendance
           WHERE reception_id IN (SELECT id FROM held) GROUP BY 1) a ON a.reception_id = held.id
LEFT JOIN (SELECT reception_id, count(*) AS matters, count(settled_on) AS settled FROM stations_matter
           WHERE reception_id IN (SELECT id FROM held) GROUP BY 1) m ON m.reception_id = held.id
{group}
"""
"""What belongs to receptions is read and grouped once, not looked for with each of them."""
COUNTED = ("id", "kind", "visitors")


def _groups(held: QuerySet[Reception], *keys: str) -> dict[tuple[Any, ...], Statistics]:
    """The statistics of held receptions by `keys`: fields of a reception, or one of `PERIODS` as its first day."""
    named = {f"key_{n}": PERIODS[key]("starts_at") if key in PERIODS else F(key) for n, key in enumerate(keys)}
    rows = held.order_by().annotate(**named).values_list(*named, *COUNTED)
    try:
        receptions, given = rows.query.sql_with_params()
    except EmptyResultSet:
        return {}
    names = ", ".join(named)
    statement = GROUPED.format(
        columns=", ".join((*named, *COUNTED)),
        receptions=receptions,
        keys=f"{names}, " if named else "",
        group=f"GROUP BY {names}" if named else "",
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*given, Reception.Kind.THEMED])
        found = [(row[: len(named)], Statistics(*row[len(named) :])) for row in cursor.fetchall()]
    return {tuple(map(_plain, key)): figures for key, figures in found}


def _plain(key: Any) -> Any:
    """A period as its first day: the database gives its beginning in the site's zone."""
    return key.date() if isinstance(key, datetime) else key


def _all(held: QuerySet[Reception]) -> Statistics:
    """The same of all as one group, also of none."""
    return _groups(held).get((), Statistics())


def _first(row: tuple[Any, Any]) -> Any:
    return row[0]


def _held_in_scope(user: Asker, scope: Scope) -> QuerySet[Reception]:
    """Return the held receptions in scope."""
    held = receptions_visible_to(user).filter(held=True)
    if scope.since:
        held = held.filter(starts_at__gte=midnight(scope.since))
    if scope.until:
        held = held.filter(starts_at__lt=midnight_after(scope.until))
    if isinstance(scope.area, Area):
        held = held.filter(within(scope.area, "station__area"))
    elif scope.area:
        held = held.filter(station__area__code=scope.area)
    return held.filter(station=scope.station) if scope.station else held


def numbers(user: Asker) -> dict[str, Any]:
    """Return what the numbers page shows of the stations: all, by year, by town, with the stations as base.

    All three are sums of one count by year and station.
    """
    keys = ("year", "station", "station__area__code", "station__area__name")
    cells = sorted(_groups(_held_in_scope(user, Scope()), *keys).items(), key=lambda cell: cell[0][2:])
    years: dict[int, list[Statistics]] = defaultdict(list)
    towns: dict[tuple[str, str], list[Statistics]] = defaultdict(list)
    for (year, _station, code, name), figures in cells:
        years[year.year].append(figures)
        towns[code, name].append(figures)
    return {
        "stations": stations_visible_to(user).count(),
        "stations_active": len({station for (_year, station, *_town), _figures in cells}),
        "deputies": deputies_visible_to(user).count(),
        "all": _sum(figures for _key, figures in cells),
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
