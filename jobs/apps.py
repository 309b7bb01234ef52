from django.apps import AppConfig
from django.db.models.signals import post_migrate


class JobsConfig(AppConfig):
    name = "jobs"
    verbose_name = "jobs"

    def ready(self) -> None:
        from jobs.housekeeping import schedule

        post_migrate.connect(schedule, sender=self)
