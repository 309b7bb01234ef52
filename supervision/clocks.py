"""The clocks of a deputy's suggestion, as the law sets them. Pure dates: no database, no settings.

Sources of the periods:

* 中华人民共和国全国人民代表大会和地方各级人民代表大会代表法 (2025) Art. 51, and 浙江省实施代表法办法 Art. 43:
  a written reply within 3 months of assignment; 6 months where the matter is wide or difficult; when
  the deputy is not satisfied, handled again and answered within 1 month.
* 浙江省人民代表大会代表建议办理规定 (2016), binding for provincial deputies and the model for districts:
  a department to which a matter does not belong returns it within 10 days.
* 中华人民共和国民法典 Art. 201-202: the day a period starts is not counted; a period in months ends on
  the same day of the month, or on the month's last day where there is no such day.

Periods here end on calendar days; a last day on a holiday is not moved.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time the law gives, with the clause that gives it."""

    clause: str
    months: int = 0
    days: int = 0

    def ends_on(self, start: date) -> date:
        """Return the last day of the period that starts on `start`; that day itself is not counted."""
        return add_months(start, self.months) + timedelta(days=self.days)


REPLY = Period("代表法第五十一条", months=3)
REPLY_WIDE = Period("代表法第五十一条(涉及面广、处理难度大)", months=6)
REDO = Period("浙江省实施代表法办法第四十三条", months=1)
RETURN = Period("浙江省人大代表建议办理规定(退回)", days=10)


def add_months(day: date, months: int) -> date:
    """Return the same day `months` later, or that month's last day where there is no such day.

    >>> add_months(date(2026, 11, 30), 3)
    datetime.date(2027, 2, 28)
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def reply_due_on(assigned_on: date, *, wide: bool = False, days: int | None = None) -> date:
    """Return the day by which the department must reply.

    `days` is a routing rule's shorter promise (a fast lane); it can only bring the day forward.
    """
    lawful = (REPLY_WIDE if wide else REPLY).ends_on(assigned_on)
    if days is None:
        return lawful
    return min(lawful, assigned_on + timedelta(days=days))


def redo_due_on(reopened_on: date) -> date:
    """Return the day by which a matter sent back by its author must be answered again."""
    return REDO.ends_on(reopened_on)


def returnable_until(assigned_on: date) -> date:
    """Return the last day on which a department may return a matter that is not its own."""
    return RETURN.ends_on(assigned_on)


def is_overdue(due_on: date | None, today: date) -> bool:
    """Tell whether `due_on` has passed; the last day itself is still in time."""
    return due_on is not None and today > due_on


def days_left(due_on: date, today: date) -> int:
    """Return how many days remain; 0 on the last day, negative when overdue."""
    return (due_on - today).days
