from datetime import timedelta
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def schedule_daily_lights(using: str, **kwargs: Any) -> None:
    """Have the lights refreshed after midnight, followers told in the morning, votes opened and counted.

    Safe to run after every migration.
    """
    from django.db import connections
    from django.utils import timezone
    from django_q.models import Schedule

    from projects.jobs import DAILY, VOTES, VOTES_EVERY_MINUTES
    from projects.public.following import DAILY as DIGESTS

    if Schedule._meta.db_table not in connections[using].introspection.table_names():
        return  # Only some apps were migrated; the next full migration comes here again.
    midnight = timezone.localtime().replace(hour=0, minute=10, second=0, microsecond=0)
    Schedule.objects.using(using).get_or_create(
        name=DAILY,
        defaults={"func": DAILY, "schedule_type": Schedule.DAILY, "next_run": midnight + timedelta(days=1)},
    )
    # After the quiet hours, and after the lights.
    Schedule.objects.using(using).get_or_create(
        name=DIGESTS,
        defaults={"func": DIGESTS, "schedule_type": Schedule.DAILY, "next_run": midnight + timedelta(days=1, hours=8)},
    )
    Schedule.objects.using(using).get_or_create(
        name=VOTES, defaults={"func": VOTES, "schedule_type": Schedule.MINUTES, "minutes": VOTES_EVERY_MINUTES}
    )


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = _("民生实事")

    def ready(self) -> None:
        post_migrate.connect(schedule_daily_lights, sender=self)
