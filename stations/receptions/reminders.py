"""Reminders to deputies and stations: receptions to come, days to record, matters that nobody has settled."""

from datetime import datetime, timedelta

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.notices import notify
from stations.receptions.models import Matter, Reception
from stations.receptions.table import TABLE
from stations.register.models import Deputy
from stations.register.permissions import in_office, station_staff
from stations.register.reminder_days import DAYS_BEFORE, reminder_due
from ui.text.days import day_in_words

RECORD_WITHIN = timedelta(days=2)


MATTER_WITHIN = timedelta(days=30)


def remind_of_receptions(now: datetime) -> int:
    """Notify deputies in office three days and one day ahead, again when the day is moved; return the number sent."""
    sent = 0
    coming = Reception.objects.filter(
        status__in=TABLE.in_group("to_be_held"),
        starts_at__gt=now,
        starts_at__lt=now + timedelta(days=max(DAYS_BEFORE) + 1),
    )
    deputies = Prefetch("deputies", Deputy.objects.filter(in_office()).select_related("user"))
    for day in coming.select_related("station").prefetch_related(deputies):
        starts = timezone.localtime(day.starts_at)
        step = reminder_due(starts, now)
        if step is None:
            continue
        title = format_lazy(
            _("{day}在{station}接待选民"), day=day_in_words(starts, "DATETIME_FORMAT"), station=day.station
        )
        users = [deputy.user for deputy in day.deputies.all() if deputy.user]
        key = f"reception:{day.pk}:before:{step}:{starts:%Y%m%d%H%M}"
        sent += notify(users, "station-reminder", title, day.theme, day.get_absolute_url(), key=key, to_groups=False)
    return sent


def remind_to_record(now: datetime) -> int:
    """Notify the station's staff of receptions that are over and not recorded; return the number sent."""
    over = Reception.objects.filter(status__in=TABLE.in_group("to_be_held"), ends_at__lt=now - RECORD_WITHIN)
    sent = 0
    for day in over.select_related("station"):
        title = format_lazy(_("请登记{station}的接待情况"), station=day.station)
        key = f"reception:{day.pk}:unrecorded"
        sent += notify(station_staff(day.station), "station-record", title, "", day.get_absolute_url(), key=key)
    return sent


def remind_of_matters(now: datetime) -> int:
    """Notify the station's staff of matters open for more than a month; return the number sent."""
    sent = 0
    for day in _with_old_matters(now):
        title = format_lazy(_("{station}有接待事项超过一个月没有办结"), station=day.station)
        key = f"reception:{day.pk}:matters"
        sent += notify(station_staff(day.station), "station-matters", title, "", day.get_absolute_url(), key=key)
    return sent


def _with_old_matters(now: datetime) -> QuerySet[Reception]:
    old = Q(settled_on=None, reference="", reception__ends_at__lt=now - MATTER_WITHIN)
    mine = Matter.objects.filter(old).values("reception")
    return Reception.objects.filter(pk__in=mine).select_related("station")
