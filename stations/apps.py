from datetime import timedelta
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def schedule_daily_chores(using: str, **kwargs: Any) -> None:
    """Have reminders sent and duty gathered every morning at seven. Safe to run after every migration."""
    from django.db import connections
    from django.utils import timezone
    from django_q.models import Schedule

    from stations.jobs import DAILY

    if Schedule._meta.db_table not in connections[using].introspection.table_names():
        return  # Only some apps were migrated; the next full migration comes here again.
    morning = timezone.localtime().replace(hour=7, minute=0, second=0, microsecond=0)
    Schedule.objects.using(using).get_or_create(
        name=DAILY,
        defaults={"func": DAILY, "schedule_type": Schedule.DAILY, "next_run": morning + timedelta(days=1)},
    )


class StationsConfig(AppConfig):
    name = "stations"
    verbose_name = _("代表联络站")

    def ready(self) -> None:
        post_migrate.connect(schedule_daily_chores, sender=self)
