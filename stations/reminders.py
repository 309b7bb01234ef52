"""Reminders to deputies and stations: receptions to come, days to record, matters that lie, missing duty days."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.notices import notify
from stations.activities.models import Activity
from stations.duty.models import DutyRecord
from stations.duty.points import rules, score
from stations.receptions.models import Matter, Reception
from stations.register.models import Deputy
from stations.register.permissions import runners_of

DAYS_BEFORE = (3, 1)
RECORD_WITHIN = timedelta(days=2)
MATTER_WITHIN = timedelta(days=30)
DUTY_MONTHS = (10, 11, 12)
"""From October on a deputy is told each month how many duty days are missing."""


def remind(now: datetime | None = None) -> int:
    """Send what is due at `now`; each reminder goes out once. Returns how many notices were written."""
    now = now or timezone.now()
    return (
        remind_of_receptions(now)
        + remind_of_activities(now)
        + remind_to_record(now)
        + remind_of_matters(now)
        + remind_of_duty_days(now)
    )


def remind_of_receptions(now: datetime) -> int:
    """Tell deputies three days and one day ahead; a day that was moved is told anew."""
    sent = 0
    coming = Reception.objects.filter(
        status=Reception.Status.ANNOUNCED, starts_at__gt=now, starts_at__lt=now + timedelta(days=max(DAYS_BEFORE) + 1)
    )
    for day in coming.select_related("station").prefetch_related("deputies__user"):
        starts = timezone.localtime(day.starts_at)
        step = _step_before(starts, now)
        if step is None:
            continue
        title = format_lazy(
            _("{day}在{station}接待选民"), day=date_format(starts, "DATETIME_FORMAT"), station=day.station
        )
        users = [deputy.user for deputy in day.deputies.all() if deputy.user]
        key = f"reception:{day.pk}:before:{step}:{starts:%Y%m%d%H%M}"
        sent += notify(users, "station-reminder", title, day.theme, day.get_absolute_url(), key=key)
    return sent


def remind_of_activities(now: datetime) -> int:
    """Tell those invited three days and one day ahead; an activity that was moved is told anew."""
    sent = 0
    coming = Activity.objects.filter(status=Activity.Status.ANNOUNCED, starts_at__gt=now)
    for activity in coming.filter(starts_at__lt=now + timedelta(days=max(DAYS_BEFORE) + 1)):
        starts = timezone.localtime(activity.starts_at)
        step = _step_before(starts, now)
        if step is None:
            continue
        title = format_lazy(_("{day}：{title}"), day=date_format(starts, "DATETIME_FORMAT"), title=activity.title)
        users = User.objects.filter(deputy__activities=activity, deputy__is_active=True)
        key = f"activity:{activity.pk}:before:{step}:{starts:%Y%m%d%H%M}"
        sent += notify(users, "station-reminder", title, activity.place, activity.get_absolute_url(), key=key)
    return sent


def _step_before(starts: datetime, now: datetime) -> int | None:
    """Return which of the reminders is due: the one of so many days before; None before the first."""
    left = (starts.date() - timezone.localtime(now).date()).days
    return min((ahead for ahead in DAYS_BEFORE if left <= ahead), default=None)


def remind_to_record(now: datetime) -> int:
    """Tell who runs the station that a reception is over and not recorded."""
    over = Reception.objects.filter(status=Reception.Status.ANNOUNCED, ends_at__lt=now - RECORD_WITHIN)
    sent = 0
    for day in over.select_related("station"):
        title = format_lazy(_("请登记{station}的接待情况"), station=day.station)
        key = f"reception:{day.pk}:unrecorded"
        sent += notify(runners_of(day.station), "station-record", title, "", day.get_absolute_url(), key=key)
    return sent


def remind_of_matters(now: datetime) -> int:
    """Tell who runs the station of matters that nobody has settled or handed on for a month."""
    sent = 0
    for day in _with_old_matters(now):
        title = format_lazy(_("{station}有接待事项超过一个月没有办结"), station=day.station)
        key = f"reception:{day.pk}:matters"
        sent += notify(runners_of(day.station), "station-matters", title, "", day.get_absolute_url(), key=key)
    return sent


def remind_of_duty_days(now: datetime) -> int:
    """Tell deputies, each month of the last quarter, how many duty days the year still lacks."""
    today = timezone.localtime(now).date()
    if today.month not in DUTY_MONTHS:
        return 0
    known, sent = rules(), 0
    for deputy in Deputy.objects.filter(is_active=True, user__isnull=False).select_related("user"):
        found = score(DutyRecord.objects.filter(deputy=deputy, on__year=today.year), today.year, known)
        if found.missing_days:
            title = format_lazy(_("今年还差 {n} 天履职"), n=found.missing_days)
            url = reverse("stations:duty_report", args=[deputy.page_code, today.year])
            key = f"duty:{deputy.pk}:{today:%Y%m}"
            sent += notify([deputy.user], "station-duty", title, "", url, key=key)
    return sent


def _with_old_matters(now: datetime) -> QuerySet[Reception]:
    old = Q(settled_on=None, reference="", reception__ends_at__lt=now - MATTER_WITHIN)
    mine = Matter.objects.filter(old).values("reception")
    return Reception.objects.filter(pk__in=mine).select_related("station")
