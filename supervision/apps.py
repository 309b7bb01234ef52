from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SupervisionConfig(AppConfig):
    name = "supervision"
    verbose_name = _("监督")
    jobs = ("supervision.findings.videos.prepare", "supervision.jobs.daily")
    long_tables = ("supervision.pages.export.table",)
    step_tables = ("supervision.matters.table.TABLE",)
    chained_tables = ("supervision.chain.CHAINED",)
    chain_checks = ("supervision.chain.matters_follow_their_events",)
    erasures = {"erase-matter": "supervision.public.erasure.erase_matter"}

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from supervision.jobs import schedule
        from supervision.public import erasure, reporter_mail

        erasure.listen()
        reporter_mail.listen()
        post_migrate.connect(schedule, sender=self)
