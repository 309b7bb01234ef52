"""The public part of a deputy's duty: counts by year and kind. Points, titles and dates are not public."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from stations.duty.models import DutyKind, DutyRecord
from stations.register.models import Deputy

PUBLIC_KINDS = (DutyKind.RECEPTION, DutyKind.INSPECTION, DutyKind.SUGGESTION, DutyKind.VOTE, DutyKind.MEETING)
YEARS_SHOWN = 5


@dataclass(frozen=True)
class PublicYear:
    """One year of a deputy, as the public sees it."""

    year: int
    counts: list[tuple[Any, int]]
    """(label, number) of each public kind."""


def public_years(deputy: Deputy) -> list[PublicYear]:
    """Return the last years in which something was recorded, the newest first."""
    rows = DutyRecord.objects.filter(deputy=deputy, is_confirmed=True, is_withdrawn=False, kind__in=PUBLIC_KINDS)
    found: dict[int, dict[str, int]] = {}
    for year, kind, number in rows.order_by().values_list("on__year", "kind").annotate(Count("pk")):
        found.setdefault(year, {})[kind] = number
    years = sorted(found, reverse=True)[:YEARS_SHOWN]
    return [PublicYear(year, [(kind.label, found[year].get(kind, 0)) for kind in PUBLIC_KINDS]) for year in years]
