"""Of the points as they stand now, and of each month: how many were rated, and why the others were not."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from river_monitoring.assessment.coverage import NO_SAMPLES, Coverage, Unrated, count_alike, lack_of_items
from river_monitoring.assessment.models import PointMonth
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.standard.averages import span_of
from river_monitoring.wording.quality import span_in_words

WHOLE = ""
"""The key of all points together."""


def coverage_now(points: QuerySet[MonitoringPoint]) -> dict[str, Coverage]:
    """Each town's coverage by its code, and that of all points under `WHOLE`; each point by its newest month."""
    rated = Q(current_class__gt=0)
    counts = {
        "total": Count("pk"),
        "rated": Count("pk", filter=rated),
        "least": Count("pk", filter=rated & Q(current_is_at_least=True)),
    }
    towns = dict(_counted(points.order_by().values_list("area__code").annotate(**counts)))
    unrated = points.order_by().filter(current_class=0)
    why = _reasons(PointMonth.objects.filter(point__in=unrated, month=F("point__current_month")), "point__area__code")
    found = {town: _coverage(counted, why[town]) for town, counted in towns.items()}
    whole = tuple(map(sum, zip(*towns.values(), strict=True))) or (0, 0, 0)
    return found | {WHOLE: _coverage(whole, list(chain.from_iterable(why.values())))}


def coverage_of_months(points: QuerySet[MonitoringPoint], months: Iterable[date]) -> Mapping[date, Coverage]:
    """The coverage of each of the months; a point without a sample in the month counts as such."""
    wanted = list(months)
    kept = PointMonth.objects.filter(point__in=points.order_by(), month__in=wanted).order_by()
    counted = dict(_counted(kept.values_list("month").annotate(**COUNTS)))
    return coverage_of_counted(points, {month: counted.get(month, (0, 0)) for month in wanted})


def coverage_of_counted(
    points: QuerySet[MonitoringPoint], months: Mapping[date, tuple[int, ...]]
) -> Mapping[date, Coverage]:
    """The same of months of which it is known how many points are rated, and rated at least (`COUNTS`)."""
    total = points.count()
    kept = PointMonth.objects.filter(point__in=points.order_by(), month__in=list(months), water_class=0)
    why = _reasons(kept, "month")
    return {month: _coverage((total, *counted), why[month]) for month, counted in months.items()}


COUNTS = {"rated": Count("pk", filter=Q(water_class__gt=0)), "least": Count("pk", filter=Q(is_at_least=True))}
Alike = list[tuple[Unrated, int]]


def _counted(rows: Iterable[tuple]) -> Iterator[tuple[Any, tuple[int, ...]]]:
    for key, *counts in rows:
        yield key, tuple(counts)


def _reasons(unrated: QuerySet[PointMonth], key: str) -> Mapping[Any, Alike]:
    """Why kept months have no class, and of how many each is true, by a field of theirs; the database counts them."""
    has_values = ExpressionWrapper(~Q(values={}), output_field=BooleanField())
    rows = unrated.order_by().annotate(has_values=has_values).values_list(key, "missing", "blind", "has_values")
    found: dict[Any, Alike] = defaultdict(list)
    for group, missing, blind, measured, count in rows.annotate(count=Count("pk")):
        found[group].append((lack_of_items(missing, blind, measured), count))
    return found


def _coverage(counted: Sequence[int], why: Alike) -> Coverage:
    """The coverage of `counted` points: all, those rated, and those rated at least; the rest have no sample."""
    total, rated, least = counted
    absent = total - rated - sum(count for _reason, count in why)
    alike = [(None, rated), *why, (NO_SAMPLES, absent)]
    return count_alike([(reason, count) for reason, count in alike if count > 0], least)


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
