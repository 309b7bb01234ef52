"""What stations put into a deputy's calendar: the days on which she receives voters, the activities she comes to."""

from collections.abc import Iterator
from datetime import datetime

from accounts.calendars.entries import Entry
from accounts.models import User
from stations.activities.calendar import entry_of as entry_of_activity
from stations.activities.models import Activity, SignUp
from stations.receptions.calendar import entry_of as entry_of_reception
from stations.receptions.models import Reception
from stations.register.permissions import deputy_of


def entries(user: User, since: datetime) -> Iterator[Entry]:
    """Yield a deputy's own; nothing for others."""
    deputy = deputy_of(user)
    if deputy is None:
        return
    days = Reception.objects.filter(deputies=deputy, starts_at__gte=since)
    for day in days.select_related("station__area").prefetch_related("deputies"):
        yield entry_of_reception(day)
    invited = Activity.objects.filter(invited=deputy, starts_at__gte=since)
    away = SignUp.objects.filter(deputy=deputy).exclude(state=SignUp.State.TAKEN).values("activity")
    for activity in invited.exclude(pk__in=away):
        yield entry_of_activity(activity)
