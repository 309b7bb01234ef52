"""Periods from a day to a year: each is named by its first day. Pure dates."""

import re
from calendar import monthrange
from datetime import date, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from geokit.refusal import BadInput


class Kind(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


KIND_NAMES = (
    (Kind.DAY.value, gettext_lazy("日")),
    (Kind.WEEK.value, gettext_lazy("周")),
    (Kind.MONTH.value, gettext_lazy("月")),
    (Kind.QUARTER.value, gettext_lazy("季")),
    (Kind.YEAR.value, gettext_lazy("年")),
)
MONTHS = {Kind.MONTH: 1, Kind.QUARTER: 3, Kind.YEAR: 12}
EXAMPLES = {
    Kind.DAY: "2026-03-05",
    Kind.WEEK: "2026-W10",
    Kind.MONTH: "2026-03",
    Kind.QUARTER: "2026-Q1",
    Kind.YEAR: "2026",
}
LONGEST_TEXT = 20
_FORMS = {
    Kind.DAY: re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?: 00:00:00)?", re.ASCII),
    Kind.WEEK: re.compile(r"(\d{4})年?[- ]?(?:[Ww]|第)(\d{1,2})周?", re.ASCII),
    Kind.MONTH: re.compile(r"(\d{4})(?:[-/.年](\d{1,2})|(\d{2}))月?(?:[-/.]0?1(?: 00:00:00)?)?", re.ASCII),
    Kind.QUARTER: re.compile(r"(\d{4})年?[- ]?(?:[Qq]|第)?([1-4一二三四])(?:季度?)?", re.ASCII),
    Kind.YEAR: re.compile(r"(\d{4})年?", re.ASCII),
}
_NUMERALS = {"一": 1, "二": 2, "三": 3, "四": 4}


def start_of(kind: str, day: date) -> date:
    """Return the first day of the period that `day` lies in.

    >>> start_of("quarter", date(2026, 5, 9)), start_of("week", date(2026, 5, 9))
    (datetime.date(2026, 4, 1), datetime.date(2026, 5, 4))
    """
    if kind == Kind.DAY:
        return day
    if kind == Kind.WEEK:
        return day - timedelta(days=day.weekday())
    months = MONTHS[Kind(kind)]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def end_of(kind: str, start: date) -> date:
    """Return the last day of the period that begins on `start`."""
    if kind in (Kind.DAY, Kind.WEEK):
        return start + timedelta(days=0 if kind == Kind.DAY else 6)
    last = shift(kind, start, 1) - timedelta(days=1)
    return date(last.year, last.month, monthrange(last.year, last.month)[1])


def shift(kind: str, start: date, steps: int) -> date:
    """Return the first day of the period so many steps later, or earlier where `steps` is negative.

    >>> shift("month", date(2026, 1, 1), -1)
    datetime.date(2025, 12, 1)
    """
    if kind in (Kind.DAY, Kind.WEEK):
        return start + timedelta(days=steps * (1 if kind == Kind.DAY else 7))
    month = start.year * 12 + start.month - 1 + steps * MONTHS[Kind(kind)]
    return date(month // 12, month % 12 + 1, 1)


def year_before(kind: str, start: date) -> date:
    """Return the same period of the year before; a week is the one 52 weeks earlier, 29 February the day before."""
    if kind == Kind.WEEK:
        return start - timedelta(weeks=52)
    last = monthrange(start.year - 1, start.month)[1]
    return date(start.year - 1, start.month, min(start.day, last))


def text_of(kind: str, start: date) -> str:
    """Return the period as sheets and addresses write it: ``2026-Q1``."""
    if kind == Kind.DAY:
        return start.isoformat()
    if kind == Kind.WEEK:
        year, week, _day = start.isocalendar()
        return f"{year}-W{week:02d}"
    if kind == Kind.MONTH:
        return f"{start:%Y-%m}"
    return f"{start.year}-Q{(start.month + 2) // 3}" if kind == Kind.QUARTER else str(start.year)


def name_of(kind: str, start: date) -> str:
    """Return the period in words."""
    if kind == Kind.MONTH:
        return _("%(year)d年%(month)d月") % {"year": start.year, "month": start.month}
    if kind == Kind.QUARTER:
        return _("%(year)d年第%(quarter)d季度") % {"year": start.year, "quarter": (start.month + 2) // 3}
    if kind == Kind.YEAR:
        return _("%d年") % start.year
    return text_of(kind, start)


def read(kind: str, text: str) -> date:
    """Return the first day of the period that a cell writes. Raises BadInput with an example of how to write it.

    >>> read("month", "2026年3月"), read("month", "202603"), read("quarter", "2026Q2"), read("year", "2026年")
    (datetime.date(2026, 3, 1), datetime.date(2026, 3, 1), datetime.date(2026, 4, 1), datetime.date(2026, 1, 1))
    """
    word = text.strip()
    found = _FORMS[Kind(kind)].fullmatch(word) if len(word) <= LONGEST_TEXT and word.isprintable() else None
    try:
        if found is None:
            raise ValueError(word)
        return _read(Kind(kind), [part for part in found.groups() if part])
    except ValueError:
        names = {"text": word[:LONGEST_TEXT], "example": EXAMPLES[Kind(kind)]}
        raise BadInput(_("读不懂期间“%(text)s”，请写成 %(example)s。") % names, code="bad-period") from None


def _read(kind: Kind, parts: list[str]) -> date:
    numbers = [_NUMERALS.get(part) or int(part) for part in parts]
    if not 1900 <= numbers[0] <= 2200:
        raise ValueError(numbers[0])
    if kind == Kind.DAY:
        return date(*numbers)
    if kind == Kind.WEEK:
        return date.fromisocalendar(numbers[0], numbers[1], 1)
    if kind == Kind.QUARTER:
        return date(numbers[0], numbers[1] * 3 - 2, 1)
    return date(numbers[0], numbers[1] if kind == Kind.MONTH else 1, 1)
