"""How long somebody stays signed in, by her role: rules of the district."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import rules
from accounts.directory.models import Role
from accounts.rules import Kind, Rule
from accounts.sessions.log import LEAST_DAYS

IDLE_MINUTES = {Role.DEPUTY: 20_160, Role.OFFICER: 480, Role.GIS: 120, Role.STAFF: 60, Role.ADMIN: 30}
"""A deputy comes back to her phone at the river; who decides for others sits at a desk that others pass."""
LIFETIME_HOURS = {Role.DEPUTY: 336, Role.OFFICER: 72, Role.GIS: 24, Role.STAFF: 24, Role.ADMIN: 12}
LONGEST_HOURS = 336
"""Two weeks, the age of the cookie (`SESSION_COOKIE_AGE`)."""
GROUP = _("登录")


@dataclass(frozen=True, slots=True)
class Limits:
    """How long without a request, and how long at all."""

    idle: timedelta
    lifetime: timedelta

    @property
    def idle_words(self) -> str:
        return _words(self.idle)

    @property
    def lifetime_words(self) -> str:
        return _words(self.lifetime)


def limits_of(role: str) -> Limits:
    """Return what is in force for a role today."""
    book = rules.book()
    idle, lifetime = book.value(f"signin.idle_minutes.{role}"), book.value(f"signin.lifetime_hours.{role}")
    return Limits(timedelta(minutes=idle), timedelta(hours=lifetime))


def _words(span: timedelta) -> str:
    """Say a span in whole days, hours or minutes, whichever it is."""
    minutes = int(span.total_seconds()) // 60
    if minutes % 1440 == 0:
        return gettext("%d 天") % (minutes // 1440)
    return gettext("%d 小时") % (minutes // 60) if minutes % 60 == 0 else gettext("%d 分钟") % minutes


def _idle_rule(role: Role) -> Rule:
    return Rule(
        key=f"signin.idle_minutes.{role.value}",
        kind=Kind.INT,
        default=IDLE_MINUTES[role],
        least=10,
        most=LONGEST_HOURS * 60,
        unit=_("分钟"),
        title=_IDLE_TITLES[role],
        group=GROUP,
        help=_("这么久没有操作，下一次打开时要重新登录。"),
    )


def _lifetime_rule(role: Role) -> Rule:
    return Rule(
        key=f"signin.lifetime_hours.{role.value}",
        kind=Kind.INT,
        default=LIFETIME_HOURS[role],
        least=1,
        most=LONGEST_HOURS,
        unit=_("小时"),
        title=_LIFETIME_TITLES[role],
        group=GROUP,
        help=_("登录后不论有没有操作，最长保持这么久。"),
    )


_IDLE_TITLES = {
    Role.DEPUTY: _("闲置多久退出：人大代表"),
    Role.OFFICER: _("闲置多久退出：部门联络员"),
    Role.GIS: _("闲置多久退出：GIS 人员"),
    Role.STAFF: _("闲置多久退出：人大工作人员"),
    Role.ADMIN: _("闲置多久退出：系统管理员"),
}
_LIFETIME_TITLES = {
    Role.DEPUTY: _("一次登录最长保持：人大代表"),
    Role.OFFICER: _("一次登录最长保持：部门联络员"),
    Role.GIS: _("一次登录最长保持：GIS 人员"),
    Role.STAFF: _("一次登录最长保持：人大工作人员"),
    Role.ADMIN: _("一次登录最长保持：系统管理员"),
}
RULES = (
    *(_idle_rule(role) for role in Role),
    *(_lifetime_rule(role) for role in Role),
    Rule(
        key="signin.log_days",
        kind=Kind.INT,
        default=365,
        least=LEAST_DAYS,
        most=3650,
        unit=_("天"),
        title=_("登录记录保存多久"),
        group=GROUP,
        help=_("更早的每天夜里删除。"),
        source=_("网络安全法：留存网络日志不少于六个月。"),
    ),
)
