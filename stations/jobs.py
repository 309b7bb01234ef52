"""What stations do every day: remind, gather duty, and forget who booked long ago."""

from stations.receptions.bookings import forget_bookings
from stations.reminders import remind
from stations.signals import gathering_duty

DAILY = "stations.jobs.daily"


def daily() -> dict[str, int]:
    """Run the day's chores; return how much each did."""
    gathered = sum(int(count or 0) for _receiver, count in gathering_duty.send(sender=None))
    return {"duty": gathered, "reminders": remind(), "forgotten": forget_bookings()}
