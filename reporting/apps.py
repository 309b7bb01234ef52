from datetime import time
from typing import Any

from django.apps import AppConfig
from django.db.models import Q
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from jobs.schedules import keep_schedules


def schedule_nightly_job(using: str, **kwargs: Any) -> None:
    """Schedule the nightly job at 05:30, before people come in. Repeating it changes nothing."""
    from reporting.jobs import NIGHTLY

    keep_schedules(using, daily={NIGHTLY: time(5, 30)})


class ReportConfig(AppConfig):
    name = "reporting"
    label = "supervision_report"
    verbose_name = _("监督报告和看板")
    jobs = ("reporting.jobs.nightly", "reporting.quarterly.jobs.make_report")
    long_tables = ("reporting.dashboard.matters.table",)
    step_tables = ("reporting.warnings.table.TABLE",)
    chained_tables = ("reporting.chain.CHAINED",)
    chain_checks = ("reporting.chain.warnings_follow_their_events",)

    def ready(self) -> None:
        from accounts.directory.levels import stay_with_the_first
        from layers.signals import features_edited, version_published
        from reporting.observations.features import published

        stay_with_the_first("supervision_report.Board", Q(area=None))
        for signal in (version_published, features_edited):
            signal.connect(published, dispatch_uid="reporting.observations.features")
        post_migrate.connect(schedule_nightly_job, sender=self)
