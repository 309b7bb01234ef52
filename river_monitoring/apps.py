from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RiverMonitoringConfig(AppConfig):
    name = "river_monitoring"
    verbose_name = _("河道治理")

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from river_monitoring.jobs import schedule
        from river_monitoring.network.zones import register_zones
        from river_monitoring.rectification.relapse import relist_after_samples
        from river_monitoring.samples.signals import samples_written

        register_zones()
        samples_written.connect(relist_after_samples)
        post_migrate.connect(schedule, sender=self)
