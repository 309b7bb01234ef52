"""The rules of the district that this room works by."""

from functools import partial

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.rate_limits.rules import attempts
from accounts.rules import OWN, Kind, Rule
from projects.plan.progress import LightRule
from projects.voting.models import VoteSession

PROJECTS, LIGHTS = _("民生实事项目"), _("亮灯规则")
YINCHUAN = _("银川市民生实事项目亮灯规则：落后10至30个百分点亮黄灯，超过30个百分点或3个月未开工亮红灯。本区可另定。")
OUHAI = _("银川市按落后的百分点，瓯海区按节点。本区可另定。")
VOTES = _("代表票决")
_of_vote = partial(Rule, group=VOTES, source=OWN, help=_("按票决那天的规则，安排时写入票决，以后不变。"))
_number = partial(Rule, kind=Kind.INT, group=PROJECTS, source=OWN)
_light = partial(Rule, kind=Kind.INT, group=LIGHTS, help=_("只用于按百分点的算法。"), source=YINCHUAN)
METHODS = (("points", _("按落后的百分点")), ("missed", _("按节点：逾期未完成亮红灯，补上后亮黄灯")))
DEFAULT = LightRule()

RULES = (
    Rule(
        key="lights.method",
        kind=Kind.CHOICE,
        default=DEFAULT.method,
        title=_("亮灯的算法"),
        group=LIGHTS,
        choices=METHODS,
        source=OUHAI,
    ),
    _light(
        key="lights.yellow_from_points",
        default=DEFAULT.yellow_from_points,
        title=_("落后多少个百分点起亮黄灯"),
        unit=_("个百分点"),
        not_above="lights.red_above_points",
        least=1,
        most=100,
    ),
    _light(
        key="lights.red_above_points",
        default=DEFAULT.red_above_points,
        title=_("落后超过多少个百分点亮红灯"),
        unit=_("个百分点"),
        least=1,
        most=100,
    ),
    _light(
        key="lights.red_unstarted_months",
        default=DEFAULT.red_unstarted_months,
        title=_("超过计划开工几个月未开工亮红灯"),
        unit=_("个月"),
        least=1,
        most=36,
    ),
    _number(
        key="projects.rating_days",
        default=60,
        title=_("满意度测评的天数"),
        unit=_("天"),
        help=_("按项目进入测评那天的规则，已经开始的测评不变。"),
        least=1,
        most=366,
    ),
    _number(
        key="projects.max_age_days",
        default=30,
        title=_("补登完成日期的期限"),
        unit=_("天"),
        help=_("节点、点位的完成日期和进展报告的日期，最多早于今天多少天。录入启用前已在实施的项目不受限，写入记录。"),
        least=0,
        most=366,
    ),
    _number(
        key="projects.nearby_m",
        default=500,
        title=_("相近建议的距离"),
        unit=_("米"),
        help=_("提建议时提示多少米以内的项目和建议。"),
        least=1,
        most=20000,
    ),
    Rule(
        key="projects.electors",
        kind=Kind.TEXT,
        default="",
        title=_("选民数"),
        group=PROJECTS,
        help=_(
            "“区划代码 人数”，用分号分开，例如 330203 520000; 330203101 31000; 代表 268。"
            "纸质测评的票数不能超过它；没有写镇街的用上一级的，没有写代表的用在任代表数。"
        ),
        source=OWN,
    ),
    _number(
        key="projects.burst_answers",
        default=10,
        title=_("视为集中评价的票数"),
        unit=_("票"),
        help=_("未核实的公众评价，在下面的时间内从同一网络来了这么多，就标出来。"),
        least=3,
        most=1000,
    ),
    _number(
        key="projects.burst_minutes",
        default=60,
        title=_("视为集中评价的时间"),
        unit=_("分钟"),
        least=1,
        most=1440,
    ),
    _of_vote(
        key="votes.quorum",
        kind=Kind.CHOICE,
        default=VoteSession.Quorum.HALF.value,
        title=_("票决有效条件"),
        choices=tuple(VoteSession.Quorum.choices),
    ),
    _of_vote(
        key="votes.majority",
        kind=Kind.CHOICE,
        default=VoteSession.Majority.OF_ALL.value,
        title=_("票决当选条件"),
        choices=tuple(VoteSession.Majority.choices),
    ),
    _of_vote(
        key="votes.tie",
        kind=Kind.CHOICE,
        default=VoteSession.Tie.RUNOFF.value,
        title=_("票决得票相同"),
        choices=tuple(VoteSession.Tie.choices),
    ),
    _of_vote(
        key="votes.margin_percent",
        kind=Kind.INT,
        default=0,
        title=_("差额比例"),
        unit="%",
        help=_("候选项目至少比应选项目多出应选数的百分之几；0 为至少多一个。"),
        least=0,
        most=100,
    ),
    attempts("ratings_hour", 60, _("项目评价：每个网络地址每小时")),
    attempts("proposals_hour", 5, _("项目建议：每个网络地址每小时")),
    attempts("feedback_hour", 6, _("项目意见：每个网络地址每小时")),
    attempts("follows_hour", 10, _("关注项目：每个网络地址每小时")),
    Rule(
        key="votes.own_factor",
        kind=Kind.BOOL,
        default=settings.HTTPS and not settings.DEMO,
        title=_("有动态码或通行密钥的代表，投票须用它"),
        group=VOTES,
        help=_("按票决那天的规则。有的代表不再收邮件验证码；没有的，仍用邮件验证码或纸质选票。"),
        source=OWN,
    ),
)
