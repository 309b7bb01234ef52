from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PapersConfig(AppConfig):
    name = "papers"
    verbose_name = _("议案和代表建议")
    step_tables = ("papers.register.table.PAPERS", "papers.handling.table.HANDLINGS")
    chained_tables = ("papers.chain.CHAINED",)
    chain_checks = ("papers.chain.papers_follow_their_events", "papers.chain.handlings_follow_their_events")

    def ready(self) -> None:
        from papers import raising

        raising.listen()
