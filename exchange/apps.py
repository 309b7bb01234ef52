"""Between levels (上下级互联)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    name = "exchange"
    verbose_name = _("上下级互联")
    jobs = (
        "exchange.jobs.call_webhooks",
        "exchange.jobs.forget_old_calls",
        "exchange.jobs.forget_old_differences",
        "exchange.jobs.push_changes",
        "exchange.jobs.push_to",
    )
    chained_tables = ("exchange.chain.CHAINED",)
    chain_checks = ("exchange.chain.packages_are_signed",)

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from exchange.jobs import schedule

        post_migrate.connect(schedule, sender=self)
