from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    name = "ledger"
    verbose_name = _("证据链与审计")
    step_tables: tuple[str, ...] = ()
    """Dotted paths of an app's tables of steps. Every app may have them; this one has none of its own."""
