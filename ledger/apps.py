from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from ledger.filestore.names import DERIVED, INCOMING


class LedgerConfig(AppConfig):
    name = "ledger"
    verbose_name = _("证据链与审计")
    jobs = ("ledger.anchors.jobs.daily", "ledger.anchors.jobs.deliver", "ledger.filestore.jobs.compare")
    step_tables: tuple[str, ...] = ()
    """Dotted paths of an app's tables of steps. Every app may have them; this one has none of its own."""
    chained_tables = ("ledger.tables.CHAINED",)
    """Dotted paths of tuples of `ledger.chain.declared.Chained`: what the app's tables in the chain are."""
    chain_checks: tuple[str, ...] = ()
    """Dotted paths of functions that rebuild rows from events."""
    files_named: tuple[str, ...] = ()
    """Dotted paths of functions: the files that an app's rows name elsewhere than in a file field."""

    derived_folders = (*DERIVED, INCOMING)
    """Folders of the media that can be made anew, or are under way: no backup holds them. Every app may have them."""

    def ready(self) -> None:
        from django.db.models.signals import post_migrate, post_save

        from ledger.anchors.jobs import schedule
        from ledger.files import record_files_of, recorded_digest
        from ledger.filestore.checked import find_recorded_with
        from ledger.filestore.jobs import schedule as files_nightly

        find_recorded_with(recorded_digest)
        post_save.connect(record_files_of, dispatch_uid="ledger.record_files_of")
        post_migrate.connect(schedule, sender=self)
        post_migrate.connect(files_nightly, sender=self)
