"""Of the points as they stand now, and of each month: how many were rated, and why the others were not."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from river_monitoring.assessment.coverage import Coverage, Unrated, count_unrated, unrated_of_month
from river_monitoring.assessment.models import PointMonth
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.standard.averages import span_of
from river_monitoring.wording.quality import span_in_words

WHOLE = ""
"""The key of all points together."""


def coverage_now(points: QuerySet[MonitoringPoint]) -> dict[str, Coverage]:
    """Each town's coverage by its code, and that of all points under `WHOLE`; each point by its newest month."""
    kept = PointMonth.objects.filter(point=OuterRef("pk"), month=OuterRef("current_month"))
    rows = points.order_by().annotate(
        missing=Subquery(kept.values("missing")),
        blind=Subquery(kept.values("blind")),
        found=Subquery(kept.values("values")),
    )
    by_town: dict[str, list[Unrated | None]] = defaultdict(list)
    at_least: dict[str, int] = defaultdict(int)
    rated = points.order_by().filter(current_class__gt=0).values_list("area__code")
    counts = {"found": Count("pk"), "least": Count("pk", filter=Q(current_is_at_least=True))}
    for town, count, least in rated.annotate(**counts):
        for key in (town, WHOLE):
            by_town[key] += [None] * count
            at_least[key] += least
    why = rows.filter(current_class=0).values_list("area__code", "missing", "blind", "found")
    for town, missing, blind, values in why:
        month = None if missing is None else PointMonth(water_class=0, missing=missing, blind=blind, values=values)
        for key in (town, WHOLE):
            by_town[key].append(unrated_of_month(month))
    found = {key: count_unrated(each, at_least[key]) for key, each in by_town.items()}
    return {WHOLE: Coverage()} | found


def coverage_of_months(points: QuerySet[MonitoringPoint], months: Iterable[date]) -> Mapping[date, Coverage]:
    """The coverage of each of the months; a point without a sample in the month counts as such."""
    total, wanted = points.count(), list(months)
    kept = PointMonth.objects.filter(point__in=points.order_by(), month__in=wanted)
    counts = {"rated": Count("pk", filter=Q(water_class__gt=0)), "least": Count("pk", filter=Q(is_at_least=True))}
    counted = {month: found for month, *found in kept.order_by().values_list("month").annotate(**counts)}
    others: dict[date, list[Unrated | None]] = defaultdict(list)
    for row in kept.filter(water_class=0).only("month", "water_class", "missing", "blind", "values"):
        others[row.month].append(unrated_of_month(row))
    found = {}
    for month in wanted:
        rated, least = counted.get(month, (0, 0))
        known = [*others[month], *[None] * rated]
        absent = [unrated_of_month(None)] * max(0, total - len(known))
        found[month] = count_unrated([*known, *absent], least)
    return found


def coverage_shown(points: QuerySet[MonitoringPoint], month: date | None) -> Coverage:
    """The coverage of `points` now, or in the month that begins on `month`."""
    return coverage_of_months(points, [month])[month] if month else coverage_now(points)[WHOLE]


@dataclass(frozen=True, slots=True)
class Now:
    """Which month "now" is: the newest one with samples, of how many points, and how many points show an older one."""

    month: date | None
    points: int = 0
    older: int = 0

    @property
    def is_running(self) -> bool:
        """Whether that month is not over yet."""
        return self.month is not None and self.month == timezone.localdate().replace(day=1)


def now_of(points: QuerySet[MonitoringPoint]) -> Now:
    """Find the month that the points' present classes are of."""
    counted = points.exclude(current_month=None).order_by("-current_month").values_list("current_month")
    found = list(counted.annotate(count=Count("pk")))
    if not found:
        return Now(None)
    (newest, at_newest), *older = found
    return Now(newest, at_newest, sum(count for _month, count in older))


def now_in_words(now: Now) -> str:
    """``现状为最近有水样的月份：2026年10月（98 个点位），另有 3 个点位的水样更早``; empty without samples."""
    if now.month is None:
        return ""
    names = {"month": span_in_words(span_of(now.month, "month")), "points": now.points}
    if now.is_running:
        sentence = _("现状为最近有水样的月份：%(month)s（%(points)s 个点位，本月未结束）") % names
    else:
        sentence = _("现状为最近有水样的月份：%(month)s（%(points)s 个点位）") % names
    older = _("，另有 %(count)s 个点位的水样更早") % {"count": now.older} if now.older else ""
    return sentence + older + _("。")
