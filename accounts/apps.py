from datetime import time
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def schedule_notices(using: str, **kwargs: Any) -> None:
    """Send what is due, tell of changed credentials, write digests every morning, forget old counters at night.

    Safe after every migration.
    """
    from accounts.notices.digest import DAILY
    from accounts.notices.wake import DELIVER
    from accounts.people.credentials.jobs import OWNERS
    from jobs.lanes import Lane
    from jobs.schedules import keep_schedules

    daily = {
        DAILY: time(7, 30),
        "accounts.prepared.jobs.remove_old": time(3, 35),
        "accounts.notices.cleanup.forget_old": time(3, 38),
        "accounts.rate_limits.forget_ended": time(3, 40),
        "accounts.calendars.services.forget_past": time(3, 42),
        "accounts.sessions.log.forget_old": time(3, 45),
        "accounts.sessions.services.forget_over": time(3, 50),
    }
    keep_schedules(using, daily=daily)
    keep_schedules(using, minutes={DELIVER: 1, OWNERS: 1}, lane=Lane.MAIL)
    keep_schedules(using, minutes={"accounts.calendars.feeds.read_due": 30}, lane=Lane.FETCHES)


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("人员与组织")
    jobs = (
        "accounts.calendars.feeds.read_due",
        "accounts.calendars.feeds.read_now",
        "accounts.calendars.services.forget_past",
        "accounts.notices.cleanup.forget_old",
        "accounts.notices.delivery.deliver_due",
        "accounts.notices.digest.send_digests",
        "accounts.people.credentials.jobs.notify_owners",
        "accounts.prepared.jobs.remove_old",
        "accounts.prepared.jobs.run",
        "accounts.rate_limits.forget_ended",
        "accounts.sessions.log.forget_old",
        "accounts.sessions.services.forget_over",
        "accounts.signin.services.send_reset",
    )
    long_tables: tuple[str, ...] = ("accounts.signin.log_views.table",)
    """Dotted paths of the functions whose rows a worker may write to a file (`accounts.prepared`)."""
    chained_tables = ("accounts.chain.CHAINED",)
    derived_folders = ("tables",)

    def ready(self) -> None:
        from accounts.directory import levels
        from accounts.factors import receivers as of_factors
        from accounts.rules.queries import keep_within_requests
        from accounts.signin import receivers as of_signin

        levels.connect()
        of_factors.connect()
        of_signin.connect()
        keep_within_requests()
        post_migrate.connect(schedule_notices, sender=self)
