from datetime import time
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from jobs.schedules import keep_schedules


def schedule_daily_lights(using: str, **kwargs: Any) -> None:
    """Have the lights refreshed after midnight, followers told in the morning, votes opened and counted.

    Safe to run after every migration.
    """
    from projects.following.services import DAILY as DIGESTS
    from projects.jobs import DAILY, VOTES, VOTES_EVERY_MINUTES

    # The letters after the quiet hours, and after the lights.
    keep_schedules(
        using,
        daily={DAILY: time(0, 10), DIGESTS: time(8, 10)},
        minutes={VOTES: VOTES_EVERY_MINUTES},
        moved={"projects.public.following.send_digests": DIGESTS},
    )


def refresh_lights(change: Any, **kwargs: Any) -> None:
    """Let every light follow a rule of the lights that is in force at once; others wait for the night of their day."""
    from projects.plan.services import refresh_projects

    if change.key.startswith("lights.") and change.effective_from <= change.written_on:
        refresh_projects()


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = _("民生实事")
    jobs = ("projects.following.services.send_digests", "projects.jobs.refresh_lights", "projects.jobs.run_votes")
    step_tables = (
        "projects.plan.stage_table.STAGES",
        "projects.proposals.table.PROPOSALS",
        "projects.voting.drafts.table.TABLE",
    )
    chained_tables = ("projects.chain.CHAINED",)
    calendar_entries = ("projects.appointments.entries",)
    chain_checks = (
        "projects.chain.projects_follow_their_stages",
        "projects.chain.proposals_follow_their_events",
        "projects.chain.drafts_follow_their_events",
        "projects.chain.feedback_follows_its_events",
        "projects.chain.counts_follow_the_ballots",
        "projects.chain.documents_state_the_counts",
    )
    erasures = {
        "erase-feedback": "projects.feedback.erasure.erase_feedback",
        "erase-proposal": "projects.proposals.erasure.erase_proposal",
    }

    def ready(self) -> None:
        from accounts.rules.signals import rule_changed
        from projects.proposals import erasure

        erasure.listen()
        post_migrate.connect(schedule_daily_lights, sender=self)
        rule_changed.connect(refresh_lights, dispatch_uid="projects: lights follow their rule")
