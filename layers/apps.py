from datetime import time
from typing import Any

from django.apps import AppConfig
from django.db.models import Q
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from jobs.schedules import keep_schedules


def schedule_housekeeping(using: str, **kwargs: Any) -> None:
    """Look for lost imports every minute and clean up every night. Safe to run after every migration."""
    keep_schedules(
        using,
        daily={"layers.importing.cleanup.clean_up": time(3, 20)},
        minutes={"layers.importing.job_recovery.requeue_lost_imports": 1, "layers.sources.clock.queue_due": 5},
        moved={
            "layers.cleanup.clean_up": "layers.importing.cleanup.clean_up",
            "layers.lost_jobs.revive_lost_imports": "layers.importing.job_recovery.requeue_lost_imports",
        },
    )


def when_a_worker_starts(lane: str, **kwargs: Any) -> None:
    """A worker that starts may follow one that was killed. Imported late: only workers need what reads files."""
    from layers.importing.job_recovery import requeue_at_start

    if lane == "imports":
        requeue_at_start()


class LayersConfig(AppConfig):
    name = "layers"
    verbose_name = _("图层数据")
    jobs = (
        "layers.catalogue.thumbnails.draw_missing",
        "layers.exporting.jobs.run",
        "layers.importing.cleanup.clean_up",
        "layers.importing.job_recovery.requeue_lost_imports",
        "layers.importing.worker.inspect_upload",
        "layers.importing.worker.run_import",
        "layers.overlay.runs.work",
        "layers.sources.clock.queue_due",
        "layers.sources.fetching.work",
    )
    files_named = ("layers.rasters.files.named",)
    step_tables = ("layers.importing.states.TABLE",)
    own_schemas = ("layer_data", "layer_work", "layers")

    def ready(self) -> None:
        from accounts.directory.levels import stay_with_the_first
        from jobs.signals import worker_started
        from layers import signals
        from layers.catalogue import thumbnails
        from layers.sources import settling
        from layers.storage import database_views, derived

        for signal in (signals.version_published, signals.features_edited):
            signal.connect(thumbnails.published, dispatch_uid="layers.catalogue.thumbnails")
        signals.version_published.connect(database_views.published, dispatch_uid="layers.storage.database_views")
        signals.import_settled.connect(settling.settled, dispatch_uid="layers.sources.settling")
        derived.connect()
        for label in ("layers.Layer", "layers.LayerSource", "layers.SourceHost"):
            stay_with_the_first(label, Q(area=None))
        worker_started.connect(when_a_worker_starts, dispatch_uid="layers.importing.job_recovery")
        post_migrate.connect(schedule_housekeeping, sender=self)
