"""The rules of the district that this room works by; those of the lights are on their own page."""

from django.utils.translation import gettext_lazy as _

from accounts.rules import Kind, Rule

PROJECTS = _("民生实事项目")
OWN = _("查到的规定没有写明，由本区自定。")

RULES = (
    Rule(
        key="projects.rating_days",
        kind=Kind.INT,
        default=60,
        title=_("满意度测评的天数"),
        group=PROJECTS,
        unit=_("天"),
        help=_("按项目进入测评那天的规则，已经开始的测评不变。"),
        least=1,
        most=366,
        source=OWN,
    ),
    Rule(
        key="projects.nearby_m",
        kind=Kind.INT,
        default=500,
        title=_("相近建议的距离"),
        group=PROJECTS,
        unit=_("米"),
        help=_("提建议时提示多少米以内的项目和建议。"),
        least=1,
        most=20000,
        source=OWN,
    ),
    Rule(
        key="projects.electors",
        kind=Kind.TEXT,
        default="",
        title=_("选民数"),
        group=PROJECTS,
        help=_(
            "“区划代码 人数”，用分号分开，例如 330203 520000; 330203101 31000; 代表 268。"
            "纸质测评的票数不能超过它；没有写镇街的用上一级的，没有写代表的用代表账号数。"
        ),
        source=OWN,
    ),
    Rule(
        key="projects.burst_answers",
        kind=Kind.INT,
        default=10,
        title=_("视为集中评价的票数"),
        group=PROJECTS,
        unit=_("票"),
        help=_("未核实的公众评价，在下面的时间内从同一网络来了这么多，就标出来。"),
        least=3,
        most=1000,
        source=OWN,
    ),
    Rule(
        key="projects.burst_minutes",
        kind=Kind.INT,
        default=60,
        title=_("视为集中评价的时间"),
        group=PROJECTS,
        unit=_("分钟"),
        least=1,
        most=1440,
        source=OWN,
    ),
)
