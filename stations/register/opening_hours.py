"""Opening days of a station: as a sentence, whether it is open now, and the next opening."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext

from stations.register.models import OpeningDay

WEEKDAYS = "一二三四五六日"
SEARCH_DAYS = 62
SENTENCE_LENGTH = 80


def format_opening_days(days: Iterable[OpeningDay]) -> str:
    """Return the opening days in Chinese, as stored: 每月15日 08:30-11:00；每周三 14:00-16:00."""
    return "；".join(_format_day(day) for day in days)[:SENTENCE_LENGTH]


def _format_day(day: OpeningDay) -> str:
    when = f"每周{WEEKDAYS[day.day - 1]}" if day.rhythm == OpeningDay.Rhythm.WEEKLY else f"每月{day.day}日"
    return f"{when} {day.starts:%H:%M}-{day.ends:%H:%M}"


_DAY_PATTERN = re.compile(
    r"每(?:周([一二三四五六日天])|月(\d{1,2})日)\s*(\d{1,2}):(\d\d)\s*[-–—~至]\s*(\d{1,2}):(\d\d)"
)


def parse_opening_days(text: str) -> list[OpeningDay] | None:
    """Parse a text of :func:`format_opening_days` into unsaved rows without a station; None if it cannot be read.

    >>> [(d.rhythm.value, d.day, str(d.starts)) for d in parse_opening_days("每月15日 08:30-11:00；每周三 14:00-16:00")]
    [('monthly', 15, '08:30:00'), ('weekly', 3, '14:00:00')]
    >>> parse_opening_days("每月40日 08:30-11:00") is None
    True
    """
    found = [_parse_day(part) for part in re.split(r"[；;\n]", text) if part.strip()]
    return [day for day in found if day is not None] if None not in found else None


def _parse_day(text: str) -> OpeningDay | None:
    said = _DAY_PATTERN.fullmatch(text.strip().replace("：", ":"))
    if said is None:
        return None
    weekday, day, *clock = said.groups()
    rhythm = OpeningDay.Rhythm.WEEKLY if weekday else OpeningDay.Rhythm.MONTHLY
    number = WEEKDAYS.index(weekday.replace("天", "日")) + 1 if weekday else int(day)
    try:
        starts, ends = time(int(clock[0]), int(clock[1])), time(int(clock[2]), int(clock[3]))
    except ValueError:
        return None
    right = starts < ends and 1 <= number <= 31
    return OpeningDay(rhythm=rhythm, day=number, starts=starts, ends=ends) if right else None


def falls_on(day: OpeningDay, on: date) -> bool:
    """Tell whether an opening day falls on a date; a 31st falls on no day of a shorter month."""
    return on.isoweekday() == day.day if day.rhythm == OpeningDay.Rhythm.WEEKLY else on.day == day.day


def next_opening(days: Iterable[OpeningDay], now: datetime | None = None) -> tuple[datetime, datetime] | None:
    """Return the opening that is going on or comes next, as local start and end; None without opening days."""
    known, now = list(days), timezone.localtime(now)
    spans = []
    for ahead in range(SEARCH_DAYS):
        on = now.date() + timedelta(days=ahead)
        for day in known:
            if falls_on(day, on):
                start = timezone.make_aware(datetime.combine(on, day.starts))
                end = timezone.make_aware(datetime.combine(on, day.ends))
                if end > now:
                    spans.append((start, end))
        if spans:
            return min(spans)
    return None


def open_status(days: Iterable[OpeningDay], now: datetime | None = None) -> str:
    """Return whether the station is open now, as text; empty without opening days."""
    span = next_opening(days, now)
    if span is None:
        return ""
    is_open = span[0] <= timezone.localtime(now)
    return gettext("现在开放") if is_open else gettext("现在未开放")
