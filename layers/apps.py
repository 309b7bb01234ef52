from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def schedule_housekeeping(using: str, **kwargs: Any) -> None:
    """Look for lost imports every minute and clean up every night. Safe to run after every migration."""
    from datetime import timedelta

    from django.db import connections
    from django.utils import timezone
    from django_q.models import Schedule

    if Schedule._meta.db_table not in connections[using].introspection.table_names():
        return  # Only some apps were migrated; the next full migration comes here again.
    now = timezone.localtime()
    night = now.replace(hour=3, minute=20, second=0, microsecond=0) + timedelta(days=1)
    minutely = {"schedule_type": Schedule.MINUTES, "minutes": 1, "next_run": now}
    nightly = {"schedule_type": Schedule.DAILY, "next_run": night}
    for func, when in (("layers.lost_jobs.revive_lost_imports", minutely), ("layers.cleanup.clean_up", nightly)):
        Schedule.objects.using(using).get_or_create(name=func, defaults={"func": func, **when})


def when_a_worker_starts(**kwargs: Any) -> None:
    """A worker that starts may follow one that was killed. Imported late: only workers need what reads files."""
    from layers.lost_jobs import look_after_start

    look_after_start()


class LayersConfig(AppConfig):
    name = "layers"
    verbose_name = _("图层数据")

    def ready(self) -> None:
        from django_q.signals import post_spawn

        from layers import readers, signals, thumbnails

        signals.version_published.connect(thumbnails.published, dispatch_uid="layers.thumbnails")
        signals.version_published.connect(readers.published, dispatch_uid="layers.readers")
        post_spawn.connect(when_a_worker_starts, dispatch_uid="layers.lost_jobs")
        post_migrate.connect(schedule_housekeeping, sender=self)
