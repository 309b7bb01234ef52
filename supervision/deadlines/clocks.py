"""The clocks of a matter, as the law sets them. Pure dates: no database, no settings.

Sources of the periods:

* 中华人民共和国全国人民代表大会和地方各级人民代表大会代表法 (2025) Art. 51, and 浙江省实施代表法办法 Art. 43:
  a written reply within 3 months of assignment; 6 months where the matter is wide or difficult; when
  the deputy is not satisfied, handled again and answered within 1 month.
* 浙江省人民代表大会代表建议、批评和意见办理的规定, second revision of 2023-11-24, binding for provincial deputies and
  the model for districts. Of the revision only the opening articles were seen; numbers of articles are those of the
  text of 2016, and `HANDLING_RULE` says so wherever a clock is shown: who submitted hears within 7 days; what is not a
  department's own goes back within 10 days of receipt, with the consent of the assigning body (14); a co-handler gives
  its opinion to the lead within 2 months; what is planned is answered again once it is settled, for which the text
  gives no period (20); an extension needs consent (21).
* 中华人民共和国民法典 Art. 201-203: the day a period starts is not counted; a period in months ends on
  the same day of the month, or on the month's last day where there is no such day; a last day that is a
  holiday moves to the day after the holiday.

The periods of `LAW` are of calendar days and months, and end on a working day. The district may set another one
(the rules `clocks.*`, read by `periods.period`). Without a calendar of the district the national one counts; in a year
whose days off are not published yet only weekends do, and the answer says so (`Ending.guessed`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import partial
from typing import Any

from dateutil.relativedelta import relativedelta
from django.utils.translation import gettext_lazy as _

from accounts.workdays.calendar import NATIONAL, Calendar


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
    Clock.REPLY_WIDE: _("书面答复（涉及面广、处理难度大）"),
    Clock.REDO: _("重新办理后答复"),
    Clock.FOLLOW_UP: _("列入计划的到期再答复"),
}
CLOCK_CHOICES = [(str(clock), name) for clock, name in CLOCK_NAMES.items()]


@dataclass(frozen=True, slots=True)
class Ending:
    """The last day of a clock, and how it was found.

    `nominal` is the day before it moved off a day off. `guessed` are the years whose days off were not published: there
    only weekends were counted.
    """

    day: date
    nominal: date
    clause: str = ""
    text: str = ""
    guessed: tuple[int, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "day": self.day.isoformat(),
            "nominal": self.nominal.isoformat(),
            "clause": self.clause,
            "text": self.text,
            "guessed": list(self.guessed),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Ending:
        day, nominal = date.fromisoformat(kept["day"]), date.fromisoformat(kept["nominal"])
        return cls(day, nominal, kept["clause"], kept["text"], tuple(kept["guessed"]))


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time, with the clause that gives it. At most one of months, days, workdays is not 0."""

    clause: str
    text: str = ""
    """Which version of the text the clause is cited from."""
    months: int = 0
    days: int = 0
    workdays: int = 0
    ends_on_workday: bool = False

    def ends_on(self, start: date, calendar: Calendar = NATIONAL) -> date:
        """Return the last day of the period that starts on `start`; that day itself is not counted."""
        return self.ending(start, calendar).day

    def ending(self, start: date, calendar: Calendar = NATIONAL) -> Ending:
        """Return the last day with how it was found."""
        if self.workdays:
            day = calendar.add(start, self.workdays)
            return Ending(day, day, self.clause, self.text, _guessed(calendar, start, day))
        nominal = start + relativedelta(months=self.months) + timedelta(days=self.days)
        if not self.ends_on_workday:
            return Ending(nominal, nominal, self.clause, self.text)
        day = calendar.first_from(nominal)
        return Ending(day, nominal, self.clause, self.text, _guessed(calendar, nominal, day))


def _guessed(calendar: Calendar, start: date, end: date) -> tuple[int, ...]:
    return tuple(year for year in range(start.year, end.year + 1) if not calendar.is_official(year))


HANDLING_RULE = "浙江省人大代表建议、批评和意见办理的规定"
REVISION = "2023年11月24日第二次修正；条号据2016年文本，修正后的条号未核对"
DEPUTIES_LAW = "2025年修正"
_handling = partial(Period, text=REVISION, ends_on_workday=True)
_deputies = partial(Period, text=DEPUTIES_LAW, ends_on_workday=True)

LAW = {
    Clock.NOTICE: _handling(f"{HANDLING_RULE}(告知提出人)", days=7),
    Clock.RETURN: _handling(f"{HANDLING_RULE}第十四条(经交办单位同意退回)", days=10),
    Clock.CO_HANDLING: _handling(f"{HANDLING_RULE}(会办)", months=2),
    Clock.REPLY: _deputies("代表法第五十一条", months=3),
    Clock.REPLY_WIDE: _deputies("代表法第五十一条(涉及面广、处理难度大)", months=6),
    Clock.REDO: Period("浙江省实施代表法办法第四十三条", "现行文本，修正日期未核对", months=1, ends_on_workday=True),
    # No period of its own: the department's own day for settling it is the day.
    Clock.FOLLOW_UP: _handling(f"{HANDLING_RULE}第二十条(列入计划的落实后再答复，没有另给期限)"),
}


def sooner(lawful: date, start: date, calendar: Calendar, promised: int | None) -> date:
    """Return the day by which a routing rule promised an answer (working days); it only brings the day forward."""
    return lawful if promised is None else min(lawful, calendar.add(start, promised))


def reply_due_on(assigned_on: date, *, wide: bool = False) -> date:
    """Return the day by which the law wants the department's reply."""
    return LAW[Clock.REPLY_WIDE if wide else Clock.REPLY].ends_on(assigned_on)


def redo_due_on(reopened_on: date) -> date:
    """Return the day by which the law wants a matter that its author sent back to be answered again."""
    return LAW[Clock.REDO].ends_on(reopened_on)


def returnable_until(assigned_on: date) -> date:
    """Return the last day on which a department may return a matter that is not its own, by the rule."""
    return LAW[Clock.RETURN].ends_on(assigned_on)


LONGEST_PLAN = relativedelta(years=5)
"""A term of a congress: what is not settled by then is answered again, and may be planned anew. The rule gives no time,
and without one a day a hundred years away would end a matter for good."""


def latest_plan(today: date) -> date:
    """Return the latest day for which a department may plan to settle a matter (result B)."""
    return today + LONGEST_PLAN


def is_overdue(due_on: date | None, today: date) -> bool:
    """Tell whether `due_on` has passed; the last day itself is still in time."""
    return due_on is not None and today > due_on


def days_left(due_on: date, today: date) -> int:
    """Return how many days remain; 0 on the last day, negative when overdue."""
    return (due_on - today).days
