from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "search"
    verbose_name = _("搜索")
    jobs = ("search.jobs.read_journal",)

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from search.jobs import schedule

        post_migrate.connect(schedule, sender=self)
