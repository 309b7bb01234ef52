from datetime import time
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from jobs.schedules import keep_schedules


def schedule_daily_jobs(using: str, **kwargs: Any) -> None:
    """Schedule the daily job at 07:00. Runs after every migration; repeating it changes nothing."""
    from stations.jobs import DAILY

    keep_schedules(using, daily={DAILY: time(7)})


class StationsConfig(AppConfig):
    name = "stations"
    verbose_name = _("代表联络站")
    jobs = ("stations.jobs.daily",)
    step_tables = ("stations.receptions.table.TABLE", "stations.activities.table.TABLE")
    chained_tables = ("stations.chain.CHAINED",)
    calendar_entries = ("stations.appointments.entries",)
    chain_checks = (
        "stations.chain.receptions_follow_their_events",
        "stations.chain.activities_follow_their_events",
    )

    erasures = {
        "erase-visit": "stations.receptions.erasure.erase_visit",
        "erase-reception": "stations.receptions.erasure.erase_reception",
        "erase-booking": "stations.receptions.erasure.erase_booking",
        "erase-sign-up": "stations.activities.erasure.erase_sign_up",
        "erase-duty": "stations.duty.erasure.erase_duty",
    }

    def ready(self) -> None:
        from stations.duty import erasure as of_duty
        from stations.receptions import erasure as of_receptions

        of_duty.listen()
        of_receptions.listen()
        post_migrate.connect(schedule_daily_jobs, sender=self)
