"""Months and moments of the demo, all in Asia/Shanghai."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
MONTHS = 36
LAST_SAMPLING_DAY = 9


def moment(day: date, hour: int = 9, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), ZONE)


def sampled_months(today: date, count: int = MONTHS) -> list[date]:
    """First days of the newest `count` months whose samples are all in by `today`, oldest first.

    >>> [day.isoformat() for day in sampled_months(date(2026, 1, 5), 2)]
    ['2025-11-01', '2025-12-01']
    >>> [day.isoformat() for day in sampled_months(date(2026, 1, 23), 2)]
    ['2025-12-01', '2026-01-01']
    """
    newest = today.year * 12 + today.month - 1 - (today.day <= LAST_SAMPLING_DAY)
    return [date(index // 12, index % 12 + 1, 1) for index in range(newest - count + 1, newest + 1)]
