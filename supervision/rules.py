"""The rules of the district that this room works by."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from accounts.rate_limits.rules import attempts
from accounts.rules import OWN, Kind, Rule
from supervision.deadlines.clocks import CLOCK_NAMES, LAW, Clock

CLOCKS = _("办理期限")
REMINDERS, REPORTS = _("办理期限的提醒"), _("随手拍和上报")
EXTENSIONS = _("办理期限的延长")
TOPICS = _("选题参考")
MOST_PHOTOS_AT_ONCE = 9
"""So many of the largest photos are taken in one request (`REQUEST_MAX_BYTES`)."""

_days = partial(Rule, kind=Kind.INT, unit=_("天"), source=OWN)
_reminder = partial(
    _days, group=REMINDERS, help=_("期限过后第几天告知；负数是期限之前提醒。"), from_deadline=True, least=-366, most=366
)


def _clock(clock: Clock) -> Rule:
    return Rule(
        key=f"clocks.{clock}",
        kind=Kind.LENGTH,
        default=None,
        title=CLOCK_NAMES[clock],
        group=CLOCKS,
        help=_("从次日起算；只用于此后开始的期限，正在走的不变。"),
        source=f"{LAW[clock].clause}（{LAW[clock].text}）",
    )


RULES = (
    *map(_clock, Clock),
    _reminder(key="matters.remind_handler_days", default=-3, title=_("提醒承办单位")),
    _reminder(key="matters.late_staff_days", default=1, title=_("逾期告知经办的人大工作人员")),
    _reminder(key="matters.very_late_district_days", default=8, title=_("逾期告知区人大工作人员和管理员")),
    _days(
        key="matters.extension_days",
        default=30,
        title=_("延期最多多少天"),
        group=EXTENSIONS,
        help=_("同一期限历次延期合计；答复另以交办起六个月（代表法第五十一条）为限。"),
        least=0,
        most=366,
    ),
    _days(
        key="reports.link_days",
        default=730,
        title=_("查询链接的有效期"),
        group=REPORTS,
        help=_("上报人凭链接查询办理结果的天数；只用于此后收到的上报。"),
        least=30,
        most=3660,
    ),
    Rule(
        key="reports.photos",
        kind=Kind.INT,
        default=9,
        title=_("每次上报的照片数"),
        group=REPORTS,
        unit=_("张"),
        help=_("上报、巡查发现和选民来信一次最多附几张；补充材料后一件最多两倍。"),
        least=1,
        most=MOST_PHOTOS_AT_ONCE,
        source=OWN,
    ),
    Rule(
        key="reports.held_hours",
        kind=Kind.INT,
        default=24,
        title=_("退回修改的表单保留照片和附件的时间"),
        group=REPORTS,
        unit=_("小时"),
        help=_("表单填错退回时，已选的照片和附件保留多久，过后删除。"),
        least=1,
        most=168,
        source=OWN,
    ),
    Rule(
        key="reports.near_m",
        kind=Kind.INT,
        default=150,
        title=_("相近事项的距离"),
        group=REPORTS,
        unit=_("米"),
        help=_("上报时提示多少米以内的同类事项。"),
        least=1,
        most=5000,
        source=OWN,
    ),
    _days(
        key="reports.near_days",
        default=90,
        title=_("相近事项的时间"),
        group=REPORTS,
        help=_("上报时提示最近多少天的同类事项。"),
        least=1,
        most=1100,
    ),
    attempts("reports_account_hour", 120, _("上报：每个账号每小时")),
    attempts("reports_address_hour", 30, _("上报：每个网络地址每小时")),
    attempts("reports_address_day", 100, _("上报：每个网络地址每天")),
    attempts("reports_network_hour", 300, _("上报：相邻网络地址合计每小时")),
    attempts("supports_hour", 60, _("“我也遇到了”：每个网络地址每小时")),
    attempts("link_guesses_hour", 30, _("打不开的查询链接：每个网络地址每小时")),
    Rule(
        key="topics.months",
        kind=Kind.INT,
        default=12,
        title=_("选题参考的时间"),
        group=TOPICS,
        unit=_("个月"),
        help=_("统计最近多少个月提出的监督事项。"),
        least=1,
        most=60,
        source=OWN,
    ),
    Rule(
        key="topics.cluster_metres",
        kind=Kind.INT,
        default=300,
        title=_("聚集的距离"),
        group=TOPICS,
        unit=_("米"),
        help=_("同类事项相距多少米以内算在一处。"),
        least=20,
        most=5000,
        source=OWN,
    ),
    Rule(
        key="topics.cluster_least",
        kind=Kind.INT,
        default=4,
        title=_("聚集的最少件数"),
        group=TOPICS,
        unit=_("件事项"),
        help=_("一处至少多少件同类事项才提出选题。"),
        least=2,
        most=100,
        source=OWN,
    ),
)
