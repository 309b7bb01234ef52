"""Writes of the assessment: months, quarters and years of a point are kept with its samples, in one transaction."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import batched
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from river_monitoring.assessment.coverage import lack_of
from river_monitoring.assessment.kept import as_kept_means, assess_longer, assess_months_to_date
from river_monitoring.assessment.models import PointMonth, PointSpan
from river_monitoring.assessment.period import Assessment
from river_monitoring.assessment.queries import (
    Taken,
    assess_taken,
    by_months,
    read_samples,
    span_bounds,
    versions_at,
)
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.past import read_changes
from river_monitoring.samples.models import Sample
from river_monitoring.standard.averages import Period, Span, span_of
from river_monitoring.steps.sample_quality import VOID

KEPT = [field.name for field in PointMonth._meta.fields if field.name not in ("id", "point", "month", "stamp")]
"""Of a row, besides its key; the database writes the stamp."""
LONGER: tuple[Period, ...] = ("quarter", "year")
TO_DATE = PointSpan.Period.TO_DATE
SPAN_KEY = ("id", "point", "period", "first_day", "stamp")
SPAN_KEPT = [field.name for field in PointSpan._meta.fields if field.name not in SPAN_KEY]


def assess_after_samples(
    points: Iterable[MonitoringPoint], samples: Iterable[Sample] | None = None, **kwargs: Any
) -> None:
    """Receiver of `samples.signals.samples_written`."""
    if samples is None:
        refresh_months(points)
        return
    touched = {(sample.point_id, span_of(timezone.localdate(sample.phenomenon_time), "month")) for sample in samples}
    by_key = {point.pk: point for point in points}
    by_span: dict[Span, list[MonitoringPoint]] = defaultdict(list)
    for pk, span in sorted(touched):
        if pk in by_key:
            by_span[span].append(by_key[pk])
    for span in sorted(by_span):
        _refresh_month(by_span[span], span)
    _refresh_longer(by_span)
    show_newest_month(by_key.values())


def _refresh_longer(by_month: Mapping[Span, Iterable[MonitoringPoint]]) -> None:
    """Assess anew the quarters and years of points' months, when these are kept."""
    by_span: dict[Span, dict[int, MonitoringPoint]] = defaultdict(dict)
    for month, points in by_month.items():
        for period in LONGER:
            by_span[span_of(month.first_day, period)].update((point.pk, point) for point in points)
    for span, found in by_span.items():
        assessed = assess_longer(found.values(), span)
        rows = [_span_row(point, assessed[pk]) for pk, point in found.items() if assessed[pk].samples]
        gone = PointSpan.objects.filter(period=span.period, first_day=span.first_day, point__in=list(found))
        gone.exclude(point__in=[row.point_id for row in rows]).delete()
        _keep_spans(rows)
    _refresh_to_date(by_month)


def _refresh_to_date(by_month: Mapping[Span, Iterable[MonitoringPoint]]) -> None:
    """Assess years anew up to each month from the changed ones on, when these are kept."""
    since: dict[int, Span] = {}
    touched: dict[int, dict[int, MonitoringPoint]] = defaultdict(dict)
    for month, points in sorted(by_month.items()):
        since.setdefault(month.year, month)
        touched[month.year].update((point.pk, point) for point in points)
    for year, of_year in touched.items():
        first = since[year].first_day
        rows = _to_date_rows(of_year, since[year])
        later = PointSpan.objects.filter(period=TO_DATE, first_day__range=(first, first.replace(month=12)))
        there = {(row.point_id, row.first_day) for row in rows}
        known = later.filter(point__in=list(of_year)).values_list("pk", "point", "first_day")
        PointSpan.objects.filter(pk__in=[pk for pk, *key in known if tuple(key) not in there]).delete()
        _keep_spans(rows)


def keep_missing_to_date() -> int:
    """Keep the years up to each month of points that have none of them, as before these were kept; how many points.

    Nothing is done where the rule of today makes years of samples: these are not kept.
    """
    this_year = span_of(timezone.localdate(), "year")
    if versions_at(this_year)[1].periods["year"].of != "months":
        return 0
    there = PointSpan.objects.filter(point=OuterRef("pk"), period=TO_DATE)
    months = PointMonth.objects.filter(point=OuterRef("pk"), means__isnull=False)
    wanted = list(MonitoringPoint.objects.filter(Exists(months) & ~Exists(there)).order_by("pk"))
    for some in batched(wanted, 100, strict=False):
        years = PointMonth.objects.filter(point__in=some).dates("month", "year")
        with transaction.atomic():
            _refresh_to_date({Span(first.year, 1, "month"): some for first in years})
    return len(wanted)


def _to_date_rows(points: Mapping[int, MonitoringPoint], since: Span) -> list[PointSpan]:
    assessed = assess_months_to_date(points.values(), since)
    rows = []
    for month, found in assessed.items():
        for pk, assessment in found.items():
            row = _span_row(points[pk], assessment)
            row.period, row.first_day = TO_DATE, month.first_day
            rows.append(row)
    return rows


def _keep_spans(rows: Sequence[PointSpan]) -> None:
    PointSpan.objects.bulk_create(
        rows,
        batch_size=1_000,
        update_conflicts=True,
        unique_fields=["period", "first_day", "point"],
        update_fields=SPAN_KEPT,
    )


def _refresh_month(points: Sequence[MonitoringPoint], month: Span) -> None:
    """Assess one month anew; where its last sample was rejected, it is no month with samples any more."""
    begin, end = span_bounds(month)
    assessed = _refresh(points, Q(phenomenon_time__gte=begin, phenomenon_time__lt=end))
    if assessed < len(points):
        there = Sample.objects.filter(phenomenon_time__gte=begin, phenomenon_time__lt=end).exclude(quality__in=VOID)
        gone = PointMonth.objects.filter(point__in=points, month=month.first_day)
        gone.exclude(point__in=there.values("point")).delete()


@transaction.atomic
def refresh_months(points: Iterable[MonitoringPoint]) -> int:
    """Assess every month of the points anew and return how many; months that lost their samples are removed.

    The quarters and years of these months too.
    """
    wanted = list(points)
    PointMonth.objects.filter(point__in=wanted).delete()
    PointSpan.objects.filter(point__in=wanted).delete()
    count = _refresh(wanted, Q(), longer=True)
    show_newest_month(wanted)
    return count


def _refresh(points: Sequence[MonitoringPoint], within: Q, *, longer: bool = False) -> int:
    """Assess the months of the samples that match; with `longer` their quarters and years, of which none may lack a
    sample then.
    """
    by_key = {point.pk: point for point in points}
    read_changes(points)
    taken = read_samples(Sample.objects.filter(within, point__in=list(by_key)))
    rows = [
        month_row(by_key[pk], found, span)
        for pk, samples in taken.items()
        for span, found in by_months(samples).items()
    ]
    PointMonth.objects.bulk_create(
        rows, batch_size=1_000, update_conflicts=True, unique_fields=["point", "month"], update_fields=KEPT
    )
    if longer:
        _keep_spans([row for pk, samples in taken.items() for row in _span_rows(by_key[pk], samples)])
        years = {row.month.year for row in rows}
        _refresh_to_date({Span(year, 1, "month"): points for year in sorted(years)})
    return len(rows)


def _span_rows(point: MonitoringPoint, taken: Sequence[Taken]) -> Iterator[PointSpan]:
    """Quarters and years of all samples of a point."""
    for period in LONGER:
        found: dict[Span, list[Taken]] = defaultdict(list)
        for each in taken:
            found[span_of(each.measured.day, period)].append(each)
        for span, within in found.items():
            yield _span_row(point, assess_taken(point, within, span))


def _span_row(point: MonitoringPoint, found: Assessment) -> PointSpan:
    lacks = lack_of(found)
    return PointSpan(
        point=point,
        period=found.span.period,
        first_day=found.span.first_day,
        water_class=found.number,
        means=as_kept_means(found.means),
        samples=found.samples,
        worst_class=found.worst,
        rule=found.rule,
        is_complete=found.is_complete,
        target_class=found.target,
        reason=lacks.reason,
        lacking=list(lacks.items),
        standard=found.evaluation.standard,
        exceeding=_exceeding(found),
    )


def month_row(point: MonitoringPoint, taken: Sequence[Taken], month: Span) -> PointMonth:
    """The row that keeps an assessment; it is not saved."""
    return _row(point, assess_taken(point, taken, month), max(each.at for each in taken))


def _row(point: MonitoringPoint, found: Assessment, newest_at: datetime) -> PointMonth:
    shown = found.shown
    return PointMonth(
        point=point,
        month=found.span.first_day,
        water_class=found.number,
        is_complete=found.is_complete,
        is_at_least=found.is_at_least,
        limiting=list(shown.limiting),
        exceedance={code: str(multiple) for code, multiple in shown.exceedance.items()},
        primary=list(shown.primary),
        values={code: f"{value:f}" for code, value in found.values.items()},
        missing=list(found.gaps.missing),
        blind=list(found.gaps.blind),
        samples=found.samples,
        newest_at=newest_at,
        worst_class=found.worst,
        target_class=found.target,
        standard=shown.standard,
        rule=found.rule,
        means=as_kept_means(found.means),
        exceeding=_exceeding(found),
    )


def _exceeding(found: Assessment) -> list[str]:
    return list(found.evaluation.exceeding(versions_at(found.span)[0].reference))


def show_newest_month(points: Iterable[MonitoringPoint]) -> None:
    """Let each point show the class of the newest month that has samples."""
    wanted = list(points)
    rows = PointMonth.objects.filter(point__in=wanted).order_by("point_id", "-month").distinct("point_id")
    newest = {row.point_id: row for row in rows.only("point", "month", "water_class", "is_at_least")}
    now = timezone.now()
    for point in wanted:
        row = newest.get(point.pk)
        point.current_class = row.water_class if row else 0
        point.current_month = row.month if row else None
        point.current_is_at_least = bool(row and row.is_at_least)
        point.updated_at = now
    fields = ["current_class", "current_month", "current_is_at_least", "updated_at"]
    MonitoringPoint.objects.bulk_update(wanted, fields, batch_size=500)
