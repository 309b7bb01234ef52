"""Days off and days worked that the national calendar does not have yet, as rules of the district."""

from django.utils.translation import gettext_lazy as _

from accounts.rules import Kind, Rule

CALENDAR = _("工作日历")
NOTICE = _("国务院办公厅每年的放假安排通知；民法典第二百零三条。")

RULES = (
    Rule(
        key="calendar.official_years",
        kind=Kind.TEXT,
        default="",
        title=_("已录入放假安排的年份"),
        group=CALENDAR,
        help=_("除系统已知的年份外，本区已按通知录入放假和调休的年份，例如 2027。其他年份只按周末计算，并注明。"),
        source=NOTICE,
    ),
    Rule(
        key="calendar.days_off",
        kind=Kind.DATES,
        default=(),
        title=_("放假的日子"),
        group=CALENDAR,
        help=_("系统不知道的放假日。周末不用写。"),
        source=NOTICE,
    ),
    Rule(
        key="calendar.make_up",
        kind=Kind.DATES,
        default=(),
        title=_("调休上班的日子"),
        group=CALENDAR,
        help=_("系统不知道的周末上班日。"),
        source=NOTICE,
    ),
)
