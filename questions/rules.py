"""The rules of the district that this room works by."""

from django.utils.translation import gettext_lazy as _

from accounts.rate_limits.rules import attempts
from accounts.rules import OWN, Kind, Rule

GROUP = _("征求意见")

RULES = (
    Rule(
        key="questions.least_n", kind=Kind.INT, default=10, title=_("公布结果的最小份数"), group=GROUP,
        unit=_("份"), help=_("一个镇街、一个交叉格的答卷少于这个数时不显示，免得看出是谁。"),
        least=3, most=1000, source=OWN,
    ),
    Rule(
        key="questions.burst_hour", kind=Kind.INT, default=20, title=_("短时间大量提交的标记"), group=GROUP,
        unit=_("份"), help=_("相邻网络地址合计一小时内超过这个数的答卷照收，但加标记，统计时可以不计。"),
        least=2, most=10_000, source=OWN,
    ),
    attempts("answers_address_hour", 120, _("一个网络地址每小时提交问卷")),
    attempts("answers_network_hour", 600, _("提交问卷：相邻网络地址合计每小时")),
)  # fmt: skip
