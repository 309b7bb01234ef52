"""Busy times out of an .ics file or feed: bounded before it is worked on, and nothing that it names is fetched.

What the events are about is not kept. A rule of recurrence is worked out only when its cost is known to be small: all
its parts are known ones, it surely falls on a day soon, and all rules together may take `MAX_STEPS` steps. Zones that
the file describes itself are taken out: working one out costs what the file says, and it would stay in the process.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from dateutil.rrule import rrulestr
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar

from geokit.refusal import BadInput, refuse

MAX_BYTES = 1_000_000
MAX_EVENTS = 5_000
MAX_STEPS = 100_000
MAX_SPANS = 2_000
AHEAD = timedelta(days=400)
LONGEST = timedelta(days=60)
"""A longer event is a plan, not a time at which somebody is busy."""
DAYS_OF = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 28, "YEARLY": 365}
KNOWN_PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "WKST"}
LONGEST_INTERVAL = 400
_FOLD = re.compile(r"(?:\r?\n)[ \t]")
_LINE_END = re.compile(r"\r?\n")
SURE_DAY, SURE_WEEK = 28, 4
"""Every month has them."""
MONTHS = 12
CANDIDATES = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 31, "YEARLY": 366}
"""Days that `dateutil` looks at for one step of a rule."""

UNREADABLE = (ValueError, KeyError, IndexError, AttributeError, TypeError, OverflowError, RecursionError)
"""What the two libraries raise for text that is no calendar."""

type Span = tuple[datetime, datetime]


def bad_calendar(message: str) -> BadInput:
    return refuse("file", "bad-calendar", message)


def read_busy_times(content: bytes, now: datetime) -> list[Span]:
    """Return when the owner of a calendar is busy from `now` on, in order, without overlaps. Raises BadInput."""
    if len(content) > MAX_BYTES:
        raise bad_calendar(_("日历文件不超过 1 MB。"))
    try:
        spans = [*_all_spans(_events(content), now)]
    except UNREADABLE as error:
        raise bad_calendar(_("读不懂这个日历文件，请从日历应用导出 .ics。")) from error
    merged = _merged(sorted(span for span in spans if span[1] > now))
    if len(merged) > MAX_SPANS:
        raise bad_calendar(_("日历里的安排太多，请只导出今后一年的。"))
    return merged


def _all_spans(events: list[Any], now: datetime) -> Iterator[Span]:
    replaced = {(str(event.get("UID")), _moment(event["RECURRENCE-ID"].dt)) for event in events if _is_one_of(event)}
    steps = [0]
    for event in events:
        for start, end in _spans(event, now, steps):
            if _is_one_of(event) or (str(event.get("UID")), start) not in replaced:
                yield start, end


def _events(content: bytes) -> list[Any]:
    calendars = Calendar.from_ical(_without_zones(content), multiple=True)
    events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    if len(events) > MAX_EVENTS:
        raise bad_calendar(_("日历里的安排太多，请只导出今后一年的。"))
    return [event for event in events if _is_busy(event)]


def _without_zones(content: bytes) -> str:
    kept, inside = [], False
    for line in _LINE_END.split(_FOLD.sub("", content.decode("utf-8", "replace"))):
        word = line.strip().upper()
        is_edge = word.endswith(":VTIMEZONE")
        inside = inside or (is_edge and word.startswith("BEGIN"))
        if not inside:
            kept.append(line)
        inside = inside and not (is_edge and word.startswith("END"))
    text = "\r\n".join(kept)
    if "VTIMEZONE" in text.upper():
        raise ValueError("a zone that was not taken out")
    return text


def _is_busy(event: Any) -> bool:
    is_free = str(event.get("TRANSP", "")).upper() == "TRANSPARENT"
    return not is_free and str(event.get("STATUS", "")).upper() != "CANCELLED" and "DTSTART" in event


def _is_one_of(event: Any) -> bool:
    return hasattr(event.get("RECURRENCE-ID"), "dt")


def _spans(event: Any, now: datetime, steps: list[int]) -> Iterator[Span]:
    start = _moment(event["DTSTART"].dt)
    length = _length(event)
    if timedelta() < length <= LONGEST:
        for begins in _beginnings(event, start, now, steps):
            yield begins, begins + length


def _length(event: Any) -> timedelta:
    start = event["DTSTART"].dt
    if "DTEND" in event:
        return _moment(event["DTEND"].dt) - _moment(start)
    if "DURATION" in event:
        found: timedelta = event["DURATION"].dt
        return found
    return timedelta() if isinstance(start, datetime) else timedelta(days=1)


def _beginnings(event: Any, start: datetime, now: datetime, steps: list[int]) -> Iterator[datetime]:
    """Each beginning up to `AHEAD`, in the zone of the first, so that a clock that is put forward changes nothing."""
    last = now + AHEAD
    if "RRULE" not in event or _is_one_of(event):
        if start < last:
            yield start
        return
    rule = event["RRULE"]
    steps[0] += _cost(rule, start, last)
    if isinstance(rule, list) or steps[0] > MAX_STEPS:
        raise bad_calendar(_("日历里的重复安排太多或太久远，请只导出今后一年的。"))
    left_out = {_moment(one.dt) for row in _rows(event.get("EXDATE")) for one in row.dts}
    local = timezone.localtime(start).replace(tzinfo=None)
    text = str(rule.to_ical(), "ascii")
    kept = ";".join(part for part in text.split(";") if not part.startswith("UNTIL="))
    until = _until(rule, last)
    for found in rrulestr(f"{kept};UNTIL={until:%Y%m%dT%H%M%S}" if "COUNT=" not in kept else kept, dtstart=local):
        begins = timezone.make_aware(found).astimezone(UTC)
        if found > until:
            return
        if begins not in left_out:
            yield begins


def _cost(rule: Any, start: datetime, last: datetime) -> int:
    """Days that working a rule out looks at, at the most; refuses rules of which nobody can tell. Raises BadInput."""
    frequency = str((rule.get("FREQ") or [""])[0]).upper()
    interval = int((rule.get("INTERVAL") or [1])[0])
    if frequency not in DAYS_OF:
        raise bad_calendar(_("日历里有按小时或更密重复的安排，读不了。"))
    is_known = {str(part).upper() for part in rule} <= KNOWN_PARTS and 1 <= interval <= LONGEST_INTERVAL
    if not is_known or not _is_sure(rule, frequency, interval, timezone.localtime(start).date()):
        raise bad_calendar(_("日历里有少见的重复规则，读不了，请导出时去掉它。"))
    return max(1, (last - start).days // DAYS_OF[frequency]) * CANDIDATES[frequency] + interval


def _is_sure(rule: Any, frequency: str, interval: int, first: date) -> bool:
    """Whether a rule that begins on a day surely falls on one soon: `dateutil` looks for it up to the year 9999.

    30 February, a thirteenth month, a fifth Monday that is the first of the month, every seventh day that is another
    weekday never come; nor does the 31st, which the beginning says where the rule says no day, in April.
    """
    days = [int(day) for day in rule.get("BYMONTHDAY", ())]
    weekdays = [str(day).upper() for day in rule.get("BYDAY", ())]
    ordinals = [abs(int(day[:-2])) for day in weekdays if day[:-2]]
    if frequency == "WEEKLY":
        return not days and "BYMONTH" not in rule
    if frequency == "DAILY":
        return not days and "BYMONTH" not in rule and (not weekdays or interval == 1)
    months = [int(month) for month in rule.get("BYMONTH", ())]
    if (days and weekdays) or not all(1 <= month <= MONTHS for month in months):
        return False
    if months and not days and not weekdays and first.day > SURE_DAY and first.month not in months:
        return False
    is_monthly = frequency == "MONTHLY"
    are_sure_days = all(
        1 <= abs(day) <= SURE_DAY or (is_monthly and interval == 1 and day in (29, 30, 31)) for day in days
    )
    are_sure_weeks = all(
        1 <= number <= SURE_WEEK or (is_monthly and interval == 1 and number == 5) for number in ordinals
    )
    return are_sure_days and are_sure_weeks and not (is_monthly and "BYMONTH" in rule)


def _until(rule: Any, last: datetime) -> datetime:
    """The end of a rule as local time without a zone, not after `last`."""
    given = rule.get("UNTIL")
    until = min(_moment(given[0]), last) if given else last
    return timezone.localtime(until).replace(tzinfo=None)


def _rows(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _moment(value: date | datetime) -> datetime:
    """A time of a calendar as one of the site: without a zone it is local, a day begins at midnight."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    moment = value if value.tzinfo is not None else timezone.make_aware(value)
    return moment.astimezone(UTC)


def _merged(spans: list[Span]) -> list[Span]:
    found: list[Span] = []
    for start, end in spans:
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found
