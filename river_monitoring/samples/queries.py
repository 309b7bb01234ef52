"""Reads of samples that more than one page needs."""

from django.db.models import QuerySet

from accounts.permissions import Asker
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.samples.models import TO_REVIEW, Sample, SampleRevision
from river_monitoring.samples.permissions import party_of, points_to_watch, samples_visible_to
from river_monitoring.steps.sample_quality import VOID, Quality


def samples_to_review(user: Asker) -> QuerySet[Sample]:
    """Samples that wait for somebody: questioned, corrected, or of a station with a value to be looked at.

    Of the points that `user` may record for, or supervises; what her own department corrected waits for another.
    """
    waiting = samples_visible_to(user).filter(TO_REVIEW, point__in=points_to_watch(user))
    if party := party_of(user):
        corrected_here = SampleRevision.objects.filter(department=party).values("sample")
        waiting = waiting.exclude(quality=Quality.CORRECTED, pk__in=corrected_here)
    return waiting.exclude(quality__in=VOID).select_related("point__area", "party").order_by("-phenomenon_time", "pk")


def samples_of(point: MonitoringPoint, user: Asker) -> QuerySet[Sample]:
    """Every sample of a point, rejected ones too, the newest first."""
    found = samples_visible_to(user).filter(point=point).select_related("party", "point")
    return found.order_by("-phenomenon_time", "-pk")
