"""What the clock does: queue the sources that are due, give up readings whose process is gone, catch up on imports."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from layers.sources import services
from layers.sources.models import LayerSource
from layers.sources.settling import catch_up

LOST = timedelta(minutes=40)
"""Longer than a reading may take: its process is gone."""
Doing = LayerSource.Doing


def queue_due() -> int:
    """Return how many sources were queued."""
    now = timezone.now()
    for source in LayerSource.objects.exclude(doing=Doing.NOTHING).filter(heartbeat__lt=now - LOST):
        with translation.override(settings.LANGUAGE_CODE):
            services.note_failure(source, _("读取的进程中断了，稍后再试。"))
    catch_up()
    due = LayerSource.objects.filter(is_active=True, doing=Doing.NOTHING, next_at__lte=now).order_by("next_at")
    chosen = [source for source in due if source.is_chosen]
    for source in chosen:
        with transaction.atomic():
            services.queue(source)
    return len(chosen)
