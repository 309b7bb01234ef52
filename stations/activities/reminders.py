"""Reminders to deputies of the activities to which they are invited."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.notices import notify
from stations.activities.models import Activity, SignUp
from stations.activities.table import TABLE
from stations.register.models import Deputy
from stations.register.permissions import in_office
from stations.register.reminder_days import DAYS_BEFORE, reminder_due
from ui.text.days import day_in_words


def remind_of_activities(now: datetime) -> int:
    """Notify the invited three days and one day ahead, again when the activity is moved; return the number sent."""
    sent = 0
    coming = Activity.objects.filter(status__in=TABLE.in_group("takes_place"), starts_at__gt=now)
    for activity in coming.filter(starts_at__lt=now + timedelta(days=max(DAYS_BEFORE) + 1)):
        starts = timezone.localtime(activity.starts_at)
        step = reminder_due(starts, now)
        if step is None:
            continue
        title = format_lazy(_("{day}：{title}"), day=day_in_words(starts, "DATETIME_FORMAT"), title=activity.title)
        away = activity.sign_ups.filter(state=SignUp.State.LEAVE).values("deputy")
        invited = Deputy.objects.filter(in_office(), activities=activity).exclude(pk__in=away)
        users = User.objects.filter(deputy__in=invited)
        key = f"activity:{activity.pk}:before:{step}:{starts:%Y%m%d%H%M}"
        sent += notify(
            users, "station-reminder", title, activity.place, activity.get_absolute_url(), key=key, to_groups=False
        )
    return sent
