"""How many messages the voters of a station wrote, how many were answered and how soon. Deputies are not ranked."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from django.db.models import Case, Exists, F, OuterRef, Q, Value, When

from accounts import rules
from accounts.permissions import Asker
from stations.models import Station
from stations.permissions import stations_run_by
from voters.line.models import Message, MessageEvent, Rating
from voters.line.table import TABLE, Status


@dataclass(frozen=True, slots=True)
class StationFigures:
    """Counts of one station; the shares (percent) and the median (days) are None below the least number.

    What was not taken up counts among what was received, so that no share grows by turning voters away. What a voter
    sent back as unsolved is not answered until it is again. No rating counts that was given by a link which the station
    printed, on the slip of a reception or anew: whoever printed it could have rated by it.
    """

    station: Station
    received: int
    answered: int
    dismissed: int
    answered_share: int | None = None
    median_days: int | None = None
    satisfied_share: int | None = None


def by_station(user: Asker, since: date) -> list[StationFigures]:
    """The figures of the stations that `user` runs, for messages since a local day."""
    stations = list(stations_run_by(user).order_by("code"))
    rows: dict[int, list[tuple[str, datetime, datetime | None, str]]] = {station.pk: [] for station in stations}
    ratings = MessageEvent.objects.filter(message=OuterRef("pk"), verb=MessageEvent.Verb.RATED)
    anew = ratings.filter(message__events__verb=MessageEvent.Verb.REISSUED, message__events__pk__lt=F("pk"))
    printed = Q(received_as__isnull=False) | Q(Exists(anew))
    rated = Case(When(printed, then=Value("")), default=F("rating"))
    found = Message.objects.filter(station__in=stations, created_at__date__gte=since).annotate(rated=rated)
    for pk, *row in found.values_list("station_id", "state", "created_at", "answered_at", "rated"):
        rows[pk].append(tuple(row))
    least = rules.value("voters.least_n")
    return [_figures(station, rows[station.pk], least) for station in stations]


def _figures(station: Station, rows: list[tuple[str, datetime, datetime | None, str]], least: int) -> StationFigures:
    answered = TABLE.in_group("answered")
    took = [(at - sent) / timedelta(days=1) for state, sent, at, _rating in rows if at and state in answered]
    rated = [rating for _state, _sent, _at, rating in rows if rating]
    pleased = sum(rating != Rating.UNSATISFIED for rating in rated)
    return StationFigures(
        station,
        received=len(rows),
        answered=len(took),
        dismissed=sum(state == Status.DISMISSED for state, *_rest in rows),
        answered_share=_share(len(took), len(rows), least),
        median_days=round(median(took)) if len(took) >= least else None,
        satisfied_share=_share(pleased, len(rated), least),
    )


def _share(part: int, whole: int, least: int) -> int | None:
    """Percent, or None where the whole is less than the least number.

    >>> _share(9, 12, 10), _share(9, 9, 10)
    (75, None)
    """
    return round(100 * part / whole) if whole >= max(least, 1) else None
