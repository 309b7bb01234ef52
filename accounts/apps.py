from datetime import timedelta
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def schedule_notices(using: str, **kwargs: Any) -> None:
    """Look for what is due to be sent every minute, and write the digests every morning. Safe after every migration."""
    from django.db import connections
    from django.utils import timezone
    from django_q.models import Schedule

    from accounts.notices.digest import DAILY
    from accounts.notices.services import DELIVER

    if Schedule._meta.db_table not in connections[using].introspection.table_names():
        return  # Only some apps were migrated; the next full migration comes here again.
    now = timezone.localtime()
    morning = now.replace(hour=7, minute=30, second=0, microsecond=0) + timedelta(days=1)
    minutely = {"schedule_type": Schedule.MINUTES, "minutes": 1, "next_run": now}
    daily = {"schedule_type": Schedule.DAILY, "next_run": morning}
    for func, when in ((DELIVER, minutely), (DAILY, daily)):
        Schedule.objects.using(using).get_or_create(name=func, defaults={"func": func, **when})


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("人员与组织")

    def ready(self) -> None:
        post_migrate.connect(schedule_notices, sender=self)
