"""The rules of the district on patrols: how often, and what is believed of a phone's positions."""

from collections.abc import Iterator
from functools import partial

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.rules import OWN, Kind, Rule
from inspections.patrols.models import Capacity

FREQUENCY, POSITIONS = _("巡查要求"), _("巡查轨迹")
NO_FREQUENCY = _("《浙江省河长制规定》第九条要求按规定巡查，没有写明次数；各地另有规定。")

_asked = partial(
    Rule, kind=Kind.INT, default=0, group=FREQUENCY, help=_("0 表示不作要求。"), least=0, source=NO_FREQUENCY
)
_position = partial(Rule, kind=Kind.INT, group=POSITIONS, least=1, source=OWN)


def _of_capacities() -> Iterator[Rule]:
    for capacity in Capacity:
        key, names = f"patrols.{capacity}", {"who": capacity.label}
        every, minutes, metres = _("{who}：至少每几天一次"), _("{who}：每次至少几分钟"), _("{who}：每次至少几米")
        yield _asked(key=f"{key}.every_days", title=format_lazy(every, **names), unit=_("天"), most=366)
        yield _asked(key=f"{key}.min_minutes", title=format_lazy(minutes, **names), unit=_("分钟"), most=600)
        yield _asked(key=f"{key}.min_metres", title=format_lazy(metres, **names), unit=_("米"), most=50000)


RULES = (
    *_of_capacities(),
    _position(key="patrols.max_kmh", default=60, title=_("可信的最高速度"), unit=_("千米/时"), most=200),
    _position(key="patrols.max_accuracy_m", default=100, title=_("可信的定位误差"), unit=_("米"), most=1000),
    _position(key="patrols.gap_s", default=300, title=_("轨迹中断的间隔"), unit=_("秒"), most=3600),
    _position(key="patrols.least_move_m", default=8, title=_("算作移动的最小距离"), unit=_("米"), most=100, least=0),
    _position(
        key="patrols.sight_m",
        default=50,
        title=_("看得见水面的距离"),
        unit=_("米"),
        help=_("离轨迹多远以内的河道算看到。"),
        most=1000,
    ),
    _position(
        key="patrols.late_hours",
        default=48,
        title=_("补记巡查的期限"),
        unit=_("小时"),
        help=_("没有信号时开始的巡查，多少小时以内可以补记。"),
        most=168,
    ),
    _position(
        key="patrols.near_point_m",
        default=300,
        title=_("巡查发现关联监测点的距离"),
        unit=_("米"),
        help=_("发现的问题离监测点多远以内，自动关联到该点。"),
        most=5000,
    ),
)
