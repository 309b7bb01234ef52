"""What the workers do by the clock: a backup each night, a proof each week, and a word when the last one is old."""

from datetime import time, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from accounts.notices import notify
from backups import runs, services
from backups.models import Run
from jobs.calls import Later
from jobs.lanes import Lane
from jobs.schedules import keep_schedules

KIND = "site-backup-old"
NIGHTLY, WEEKLY, WATCH = (f"backups.jobs.{name}" for name in ("nightly", "weekly", "watch"))
WEEK_MINUTES = 7 * 24 * 60
FIRST_LOOK = timedelta(hours=6)


def nightly() -> str:
    """Make a backup at BACKUP_TARGET."""
    return services.back_up().name


def weekly() -> str:
    """Prove the newest backup; before there is one, look again in some hours."""
    if runs.last(Run.Kind.BACKUP, ok=True) is None:
        raise Later(FIRST_LOOK)
    backup, proof = services.check()
    return f"{backup.name}: {proof.rows} rows, {proof.files} files, {proof.links} links"


def watch() -> int:
    """Tell the administrators, once for each last good backup, that it is old; how many were told."""
    if not runs.is_old():
        return 0
    good = runs.last(Run.Kind.BACKUP, ok=True)
    failed = runs.last(Run.Kind.BACKUP, ok=False)
    body = failed.said if failed and (good is None or failed.finished > good.finished) else _("夜间备份没有运行。")
    admins = User.objects.filter(role=Role.ADMIN, is_active=True)
    key = f"backup-old:{good.pk if good else 0}"
    return notify(admins, KIND, _("最近一次成功的备份已经过期"), body, reverse("operation"), key=key)


def schedule(using: str, **kwargs: Any) -> None:
    """Keep the three. Safe to run after every migration."""
    keep_schedules(using, daily={NIGHTLY: time(2, 30)}, lane=Lane.BACKUPS)
    keep_schedules(using, minutes={WEEKLY: WEEK_MINUTES}, lane=Lane.BACKUPS)
    keep_schedules(using, minutes={WATCH: 60})
