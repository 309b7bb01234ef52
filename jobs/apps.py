from django.apps import AppConfig
from django.db.models.signals import post_migrate


class JobsConfig(AppConfig):
    name = "jobs"
    verbose_name = "jobs"
    jobs: tuple[str, ...] = ("jobs.housekeeping.clean_up",)
    """Dotted paths of the functions that a row may have a worker call. Every app may have them; nothing else runs."""

    def ready(self) -> None:
        from jobs.housekeeping import schedule

        post_migrate.connect(schedule, sender=self)
