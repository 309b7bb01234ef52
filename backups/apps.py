from collections.abc import Mapping

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BackupsConfig(AppConfig):
    name = "backups"
    verbose_name = _("备份")
    jobs = ("backups.jobs.nightly", "backups.jobs.watch", "backups.jobs.weekly")
    erasures: Mapping[str, str] = {}
    """By the verb of its audit entry, the dotted path of what makes such an erasure (`backups.erasures`)."""

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from backups.jobs import schedule

        post_migrate.connect(schedule, sender=self)
