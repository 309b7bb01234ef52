"""Reads of samples that more than one page needs."""

from django.db.models import QuerySet

from accounts.permissions import Asker
from river_monitoring.points.models import WaterClass
from river_monitoring.samples.models import Sample
from river_monitoring.samples.permissions import points_to_record, samples_visible_to


def samples_to_review(user: Asker) -> QuerySet[Sample]:
    """Samples that automatic stations sent with a value to be looked at, of points that `user` may record for."""
    waiting = samples_visible_to(user).filter(water_class=WaterClass.UNRATED, point__in=points_to_record(user))
    return waiting.exclude(flagged={}).select_related("point__area").order_by("-phenomenon_time", "pk")
