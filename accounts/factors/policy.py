"""Who must have a second factor, and who has one. Nobody else decides this.

By default administrators, GIS staff and congress staff must, wherever the site speaks HTTPS and is not the
demonstration; a district decides otherwise by a rule with a first day (`signin.factor.<role>`).
"""

from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts import rules
from accounts.directory.models import Role
from accounts.rules import Kind, Rule

BY_DEFAULT = (Role.ADMIN, Role.GIS, Role.STAFF)
TOKENS = "signin.factor.tokens"
GROUP = _("登录")


def is_required(role: str) -> bool:
    """Tell whether somebody of this role must have a second factor today."""
    return bool(rules.value(f"signin.factor.{role}"))


def is_required_for_tokens() -> bool:
    """Tell whether only somebody with a second factor makes tokens of the interface."""
    return bool(rules.value(TOKENS))


def has_factor(user: Any) -> bool:
    """Tell whether `user` has an authenticator or a passkey; recovery codes alone are none."""
    return factors_of(user).exists()


def factors_of(user: Any) -> Any:
    """Return the user's factors, without her recovery codes."""
    return _factors().filter(user=user)


def with_factor() -> Any:
    """Return the keys of the accounts that have an authenticator or a passkey, for a query."""
    return _factors().values("user_id")


def _factors() -> Any:
    return Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES)


def factor_rules(in_production: bool) -> tuple[Rule, ...]:
    """Return the rules with what they say as long as nobody has set them."""
    return (
        *(_rule(role, in_production and role in BY_DEFAULT) for role in Role),
        Rule(
            key=TOKENS,
            kind=Kind.BOOL,
            default=in_production,
            title=_("创建接口令牌须有两步验证"),
            group=GROUP,
            help=_("令牌让程序长期读写数据，只由登录时用两步验证的人创建。已有的令牌不受影响。"),
        ),
    )


def _rule(role: Role, default: bool) -> Rule:
    return Rule(
        key=f"signin.factor.{role.value}",
        kind=Kind.BOOL,
        default=default,
        title=_TITLES[role],
        group=GROUP,
        help=_("动态码或通行密钥。还没有的，登录后先添加，此前不能做别的事。"),
    )


_TITLES = {
    Role.DEPUTY: _("须有两步验证：人大代表"),
    Role.OFFICER: _("须有两步验证：部门联络员"),
    Role.GIS: _("须有两步验证：GIS 人员"),
    Role.STAFF: _("须有两步验证：人大工作人员"),
    Role.ADMIN: _("须有两步验证：系统管理员"),
}
RULES = factor_rules(settings.HTTPS and not settings.DEMO)
