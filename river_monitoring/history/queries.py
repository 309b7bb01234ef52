"""The whole history of a point: steps, works, samples, corrections, escalations, inspections, by years."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils import timezone

from accounts.permissions import Asker
from river_monitoring.history import changes as point_changes
from river_monitoring.history import samples, steps, works
from river_monitoring.history.entries import Entry, history_asked
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.queries import in_order, rows_about
from river_monitoring.rectification.covering import may_cover_at
from river_monitoring.rectification.models import Evidence
from river_monitoring.rectification.permissions import escalations_visible_to, evidence_visible_to
from river_monitoring.samples.corrections import corrections_in
from river_monitoring.samples.models import SampleCheck
from river_monitoring.samples.permissions import samples_visible_to
from river_monitoring.steps.standing import Standing


@dataclass(frozen=True)
class Year:
    number: int
    entries: list[Entry]


def history_of(point: MonitoringPoint, user: Asker, standing: Standing | None = None) -> list[Entry]:
    """Everything that became of a point that `user` may see as far as she may know it, newest first.

    `standing` is the point's, if it was read.
    """
    months = sorted(rows_about(point, "months"), key=lambda row: row.month)
    mine = samples_visible_to(user).filter(point=point)
    checks = SampleCheck.objects.filter(sample__in=mine).select_related("department", "sample__point")
    entries = [
        *steps.entries_of_steps(in_order(rows_about(point, "events")), _evidence(point, user, standing)),
        *steps.entries_of_escalations(escalations_visible_to(user).filter(point=point)),
        *point_changes.entries_of_changes(in_order(rows_about(point, "changes"))),
        *works.entries_of_works(in_order(rows_about(point, "work_events"))),
        *samples.crossings(months),
        *samples.corrections(corrections_in(mine)),
        *samples.checks(checks),
        *_entries_of_rooms_above(point, user),
    ]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _evidence(point: MonitoringPoint, user: Asker, standing: Standing | None) -> dict[int, list[Evidence]]:
    found: dict[int, list[Evidence]] = defaultdict(list)
    may_cover = may_cover_at(user, point, standing)
    for piece in (
        evidence_visible_to(user)
        .filter(event__point=point)
        .select_related("check_result", "vouch__department", "cover__department")
    ):
        is_covered = hasattr(piece, "cover")
        piece.shows = may_cover or not is_covered  # type: ignore[attr-defined]
        piece.may_cover = may_cover and not is_covered  # type: ignore[attr-defined]
        found[piece.event_id].append(piece)
    return found


def _entries_of_rooms_above(point: MonitoringPoint, user: Asker) -> Iterable[Entry]:
    answers: Any = history_asked.send(MonitoringPoint, point=point, user=user)
    for _receiver, entries in answers:
        yield from entries or ()


def years_of(entries: Iterable[Entry]) -> list[Year]:
    """Group entries that are in order by the local year."""
    grouped = groupby(entries, key=lambda entry: timezone.localtime(entry.at).year)
    return [Year(number, list(found)) for number, found in grouped]
