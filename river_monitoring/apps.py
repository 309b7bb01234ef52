from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RiverMonitoringConfig(AppConfig):
    name = "river_monitoring"
    verbose_name = _("河道治理")
    jobs = ("river_monitoring.jobs.forget_faults", "river_monitoring.jobs.nightly")
    step_tables = ("river_monitoring.steps.table.TABLE", "river_monitoring.steps.sample_quality.TABLE")
    chained_tables = ("river_monitoring.chain.CHAINED",)
    chain_checks = (
        "river_monitoring.chain.points_follow_their_events",
        "river_monitoring.chain.points_follow_their_changes",
        "river_monitoring.chain.corrections_have_revisions",
        "river_monitoring.chain.samples_follow_their_checks",
    )

    def ready(self) -> None:
        from django.db.models import Q
        from django.db.models.signals import post_migrate

        from accounts.directory.levels import stay_with_the_first
        from river_monitoring.assessment.services import assess_after_samples
        from river_monitoring.jobs import schedule
        from river_monitoring.network.zones import register_zones
        from river_monitoring.rectification.relapse import judge_after_samples
        from river_monitoring.samples.signals import samples_written
        from river_monitoring.steps.table import TABLE
        from ui.tokens import explain_rings

        register_zones()
        stay_with_the_first("river_monitoring.River", Q(area=None))
        explain_rings({state.ring: state.label for state in TABLE.states if state.ring})
        samples_written.connect(assess_after_samples)  # first: what follows asks for the months
        samples_written.connect(judge_after_samples)
        post_migrate.connect(schedule, sender=self)
