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
)
