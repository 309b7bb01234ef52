"""Quiet hours: when a message may go out. Times of day are local (Asia/Shanghai), moments carry their zone."""

from datetime import datetime, time, timedelta

from django.utils import timezone


def is_quiet(moment: datetime, start: time, end: time) -> bool:
    """Tell whether `moment` is in the hours from `start` until just before `end`; equal times mean no quiet hours."""
    clock = timezone.localtime(moment).time()
    if start <= end:
        return start <= clock < end
    return clock >= start or clock < end


def after_quiet(moment: datetime, start: time, end: time) -> datetime:
    """Return `moment`, or the end of the quiet hours that it falls into."""
    if not is_quiet(moment, start, end):
        return moment
    local = timezone.localtime(moment)
    until = local.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
    return until if until > local else until + timedelta(days=1)
