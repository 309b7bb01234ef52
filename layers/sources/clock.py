"""What the clock does: queue the sources that are due, give up readings whose process is gone, catch up on imports."""

import contextlib
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from geokit.refusal import Busy
from jobs.models import Job
from layers.sources import services
from layers.sources.models import LayerSource
from layers.sources.settling import catch_up

LOST = timedelta(minutes=40)
"""Longer than a reading may take: its process is gone."""
Doing = LayerSource.Doing


def queue_due() -> int:
    """Return how many sources were queued."""
    now = timezone.now()
    for source in _lost(now):
        with translation.override(settings.LANGUAGE_CODE):
            services.note_failure(source, _("读取的进程中断了，稍后再试。"))
    catch_up()
    due = LayerSource.objects.filter(is_active=True, doing=Doing.NOTHING, next_at__lte=now).order_by("next_at")
    return sum(_queue(source) for source in due if source.is_chosen)


def _lost(now: datetime) -> QuerySet[LayerSource]:
    """Whose reading has said nothing for too long. One that waits is lost only without a job: the lane may be full."""
    waiting = Job.objects.filter(func=services.WORK, finished=None).values_list("args", flat=True)
    silent = LayerSource.objects.exclude(doing=Doing.NOTHING).filter(heartbeat__lt=now - LOST)
    return silent.exclude(doing=Doing.WAITING, pk__in=[args[0] for args in waiting])


def _queue(source: LayerSource) -> bool:
    """Whether it was queued; where too many of its maker's wait, it is due again the next time."""
    with contextlib.suppress(Busy), transaction.atomic():
        services.queue(source, by_clock=True)
        return True
    return False
