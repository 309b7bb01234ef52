"""The clocks of a matter, as the law sets them. Pure dates: no database, no settings.

Sources of the periods:

* 中华人民共和国全国人民代表大会和地方各级人民代表大会代表法 (2025) Art. 51, and 浙江省实施代表法办法 Art. 43:
  a written reply within 3 months of assignment; 6 months where the matter is wide or difficult; when
  the deputy is not satisfied, handled again and answered within 1 month.
* 浙江省人民代表大会代表建议办理规定 (2016), binding for provincial deputies and the model for districts:
  who submitted hears within 7 days; a department to which a matter does not belong returns it within 10 days; a
  co-handler gives its opinion to the lead within 2 months; what is in a plan is tracked and answered again.
* 中华人民共和国民法典 Art. 201-203: the day a period starts is not counted; a period in months ends on
  the same day of the month, or on the month's last day where there is no such day; a last day that is a
  holiday moves to the day after the holiday.

The periods of `LAW` end on calendar days. The district may set another one (`models.ClockRule`, read by
`periods.period`), counted in working days or moved off a holiday; then the caller gives the calendar.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from dateutil.relativedelta import relativedelta
from django.utils.translation import gettext_lazy as _

Workdays = Callable[[date, int], date]
"""The n-th working day after a day, as `accounts.workdays.add_workdays` counts them."""


class Clock(StrEnum):
    """What is waited for."""

    NOTICE = "notice"
    RETURN = "return"
    CO_HANDLING = "co_handling"
    REPLY = "reply"
    REPLY_WIDE = "reply_wide"
    REDO = "redo"
    FOLLOW_UP = "follow_up"


CLOCK_NAMES = {
    Clock.NOTICE: _("受理交办并告知提出人"),
    Clock.RETURN: _("不属于本单位的退回"),
    Clock.CO_HANDLING: _("会办单位提出意见"),
    Clock.REPLY: _("书面答复"),
    Clock.REPLY_WIDE: _("书面答复(涉及面广、处理难度大)"),
    Clock.REDO: _("重新办理后答复"),
    Clock.FOLLOW_UP: _("列入计划的到期再答复"),
}
CLOCK_CHOICES = [(str(clock), name) for clock, name in CLOCK_NAMES.items()]


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time, with the clause that gives it. Only one of months, days, workdays is not 0."""

    clause: str
    months: int = 0
    days: int = 0
    workdays: int = 0
    ends_on_workday: bool = False

    def ends_on(self, start: date, workdays: Workdays | None = None) -> date:
        """Return the last day of the period that starts on `start`; that day itself is not counted.

        Raises ValueError when the period needs the calendar of working days and none is given.
        """
        end = start + relativedelta(months=self.months) + timedelta(days=self.days)
        if not (self.workdays or self.ends_on_workday):
            return end
        if workdays is None:
            raise ValueError("a period of working days needs their calendar")
        if self.workdays:
            return workdays(start, self.workdays)
        # The first working day after the day before is the day itself when it is one.
        return workdays(end - timedelta(days=1), 1)


LAW = {
    Clock.NOTICE: Period("浙江省人大代表建议办理规定(告知)", days=7),
    Clock.RETURN: Period("浙江省人大代表建议办理规定(退回)", days=10),
    Clock.CO_HANDLING: Period("浙江省人大代表建议办理规定(会办)", months=2),
    Clock.REPLY: Period("代表法第五十一条", months=3),
    Clock.REPLY_WIDE: Period("代表法第五十一条(涉及面广、处理难度大)", months=6),
    Clock.REDO: Period("浙江省实施代表法办法第四十三条", months=1),
    Clock.FOLLOW_UP: Period("浙江省人大代表建议办理规定(列入计划的跟踪再答复)", months=1),
}


def sooner(lawful: date, start: date, workdays: Workdays, promised: int | None) -> date:
    """Return the day by which a routing rule promised an answer (working days); it only brings the day forward."""
    return lawful if promised is None else min(lawful, workdays(start, promised))


def reply_due_on(assigned_on: date, *, wide: bool = False) -> date:
    """Return the day by which the law wants the department's reply."""
    return LAW[Clock.REPLY_WIDE if wide else Clock.REPLY].ends_on(assigned_on)


def redo_due_on(reopened_on: date) -> date:
    """Return the day by which the law wants a matter that its author sent back to be answered again."""
    return LAW[Clock.REDO].ends_on(reopened_on)


def returnable_until(assigned_on: date) -> date:
    """Return the last day on which a department may return a matter that is not its own, by the rule."""
    return LAW[Clock.RETURN].ends_on(assigned_on)


def is_overdue(due_on: date | None, today: date) -> bool:
    """Tell whether `due_on` has passed; the last day itself is still in time."""
    return due_on is not None and today > due_on


def days_left(due_on: date, today: date) -> int:
    """Return how many days remain; 0 on the last day, negative when overdue."""
    return (due_on - today).days
