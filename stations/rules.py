"""The rules of the district that this room works by."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from accounts.rate_limits.rules import attempts
from accounts.rules import OWN, Kind, Rule
from stations.receptions.models import ReceptionSeries

STATIONS = _("代表联络站")
DUTY = _("代表履职")
NO_RANKINGS = _("国办函〔2026〕12号：政务应用不得设置打卡签到、积分排名。文中未提人大，由本区自定。")
ELSEWHERE = _("外地一个联络站标准的写法，本区可另定。")
_number = partial(Rule, kind=Kind.INT, group=STATIONS)

RULES = (
    _number(
        key="stations.notice_days",
        default=2,
        title=_("接待提前公布"),
        unit=_("天"),
        least=0,
        most=90,
        source=ELSEWHERE,
    ),
    _number(
        key="stations.standard_m2",
        default=100,
        title=_("标准站的室内面积"),
        unit=_("平方米"),
        least=1,
        most=10000,
        source=ELSEWHERE,
    ),
    _number(
        key="stations.booking_keep_days",
        default=90,
        title=_("预约人信息保留"),
        unit=_("天"),
        help=_("接待结束后多少天删除预约人的姓名、电话和事由。"),
        least=1,
        most=1100,
        source=OWN,
    ),
    _number(
        key="stations.sliver_m2",
        default=50,
        title=_("服务范围缝隙的容差"),
        unit=_("平方米"),
        help=_("小于它的空隙和重叠不算差错。"),
        least=0,
        most=100000,
        source=OWN,
    ),
    Rule(
        key="stations.series_on_holiday",
        kind=Kind.CHOICE,
        default=ReceptionSeries.OnHoliday.MOVE.value,
        title=_("定期接待遇节假日"),
        group=STATIONS,
        help=_("安排一组接待时先选好的办法，每一组可另选。"),
        choices=tuple(ReceptionSeries.OnHoliday.choices),
        source=OWN,
    ),
    Rule(
        key="duty.points",
        kind=Kind.BOOL,
        default=False,
        title=_("履职计分"),
        group=DUTY,
        help=_("不计分时，页面和表格里没有积分，只有天数和记录。"),
        source=NO_RANKINGS,
    ),
    Rule(
        key="duty.sign_in_codes",
        kind=Kind.BOOL,
        default=False,
        title=_("活动码签到"),
        group=DUTY,
        help=_("不用活动码时，到场的代表由工作人员登记。"),
        source=NO_RANKINGS,
    ),
    attempts("bookings_hour", 6, _("预约接待：每个网络地址每小时")),
)
