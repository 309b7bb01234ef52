from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PublishingConfig(AppConfig):
    name = "publishing"
    verbose_name = _("人大网站")
    jobs = ("publishing.jobs.by_the_clock",)
    step_tables = ("publishing.register.table.TABLE",)
    chained_tables = ("publishing.chain.CHAINED",)
    chain_checks = ("publishing.chain.pages_follow_their_events", "publishing.chain.pages_show_what_was_passed")

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from publishing.jobs import schedule

        post_migrate.connect(schedule, sender=self)
