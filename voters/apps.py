from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VotersConfig(AppConfig):
    name = "voters"
    verbose_name = _("选民来信")
    jobs = ("voters.jobs.hourly", "voters.line.by_text.send")
    step_tables = ("voters.line.table.TABLE",)
    chained_tables = ("voters.chain.CHAINED",)
    chain_checks = ("voters.chain.messages_follow_their_events",)
    erasures = {"erase-message": "voters.line.erasure.erase_message"}

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from voters.jobs import schedule
        from voters.line import coming_back, erasure

        coming_back.listen()
        erasure.listen()
        post_migrate.connect(schedule, sender=self)
