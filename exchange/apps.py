"""Between levels (上下级互联)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    name = "exchange"
    verbose_name = _("上下级互联")
    chained_tables = ("exchange.chain.CHAINED",)

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from exchange.jobs import schedule

        post_migrate.connect(schedule, sender=self)
