from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GeoPortalConfig(AppConfig):
    name = "geo_portal"
    verbose_name = _("门户")
    jobs = ("geo_portal.leaving.jobs.remove_expired", "geo_portal.leaving.jobs.run")
    long_tables = ("geo_portal.audit_trail.views.table",)
    derived_folders = ("setup", "leaving")

    def ready(self) -> None:
        from django.apps import apps
        from django.core.signals import request_finished
        from django.db.backends.signals import connection_created
        from django.db.models.signals import post_migrate
        from django.utils.translation import gettext

        from geo_portal import administration, concurrency, session_limits
        from geo_portal.joints import searched
        from geo_portal.listeners import LISTENERS
        from geo_portal.tilesets import watch_tables
        from geokit import wording

        administration.guard()
        wording.translate_with(gettext)
        for module in LISTENERS:
            module.listen()
        connection_created.connect(session_limits.lift)
        request_finished.connect(concurrency.close_surplus_connections)
        # Django tells only apps with models; by then every app's tables are there.
        post_migrate.connect(watch_tables, sender=apps.get_app_config("tiles"))
        post_migrate.connect(searched.install_journal, sender=apps.get_app_config("tiles"))
