"""The daily job of stations: collect duty records, send reminders, erase old personal data."""

from datetime import datetime

from django.utils import timezone

from stations.activities.reminders import remind_of_activities
from stations.duty.reminders import remind_of_duty_days
from stations.duty.signals import gathering_duty
from stations.receptions.bookings import erase_personal_data
from stations.receptions.reminders import remind_of_matters, remind_of_receptions, remind_to_record

DAILY = "stations.jobs.daily"


def daily() -> dict[str, int]:
    """Run the daily job; return the count of each part."""
    gathered = sum(int(count or 0) for _receiver, count in gathering_duty.send(sender=None))
    return {"duty": gathered, "reminders": remind(), "forgotten": erase_personal_data()}


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
