"""The rules of the district that this room works by."""

from django.utils.translation import gettext_lazy as _

from accounts.rules import OWN, Kind, Rule

GROUP = _("选民来信")

RULES = (
    Rule(
        key="voters.answer_days",
        kind=Kind.INT,
        default=7,
        title=_("代表答复选民的天数"),
        group=GROUP,
        unit=_("天"),
        help=_("代表在这些天内没有答复的，转到联络站，工作人员可以看到；只用于此后收到的来信。"),
        least=1,
        most=90,
        source=OWN,
    ),
    Rule(
        key="voters.least_n",
        kind=Kind.INT,
        default=10,
        title=_("来信统计的最小件数"),
        group=GROUP,
        unit=_("封"),
        help=_("一个联络站的来信少于这个数时，不显示比例和时间。"),
        least=3,
        most=1000,
        source=OWN,
    ),
)
