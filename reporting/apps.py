from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportConfig(AppConfig):
    name = "reporting"
    label = "supervision_report"
    verbose_name = _("监督季报")
    chained_tables = ("reporting.chain.CHAINED",)
