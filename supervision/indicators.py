"""Figures of supervision: how matters are answered, and what their authors say of the answers.

"Answered in time" has one denominator wherever it is shown: what has been answered or should have been by today.
Matters whose day has not come are no part of it, and one that is overdue counts although nobody has answered it yet.
A period means the matters submitted in it.
"""

from django.utils.translation import gettext_lazy as _

from accounts.indicators import Indicator, Source
from supervision.matters.answers import answered_cases, answers_alike

SOURCES = (
    Source(
        code="matters",
        cases=answered_cases,
        alike=answers_alike,
        indicators=(
            Indicator(
                code="answered-in-time",
                title=_("按期答复率"),
                numerator=_("按期答复"),
                denominator=_("应答复"),
                in_part=lambda case: case.in_time,
                in_whole=lambda case: case.is_due,
                in_report=True,
                part_list="in-time",
                whole_list="due",
            ),
            Indicator(
                code="satisfied",
                title=_("结果满意率"),
                numerator=_("满意或基本满意"),
                denominator=_("已评价"),
                in_part=lambda case: bool(case.satisfied),
                in_whole=lambda case: case.satisfied is not None,
                part_list="satisfied",
                whole_list="rated",
            ),
        ),
    ),
)
