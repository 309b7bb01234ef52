from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InspectionsConfig(AppConfig):
    name = "inspections"
    label = "supervision_patrols"
    """As before the room was its own: the tables and migrations in the field bear this name."""
    verbose_name = _("巡查")
    chained_tables = ("inspections.chain.CHAINED",)

    def ready(self) -> None:
        from inspections.patrols import erasure, photo_checks

        photo_checks.listen()
        erasure.listen()
