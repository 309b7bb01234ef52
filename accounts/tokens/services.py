"""Tokens of departments and persons: made, shown once, taken back. `reading.py` is where one is asked for."""

import secrets
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.directory.models import Department, Role, User
from accounts.factors import policy
from accounts.permissions import ANONYMOUS, role_of
from accounts.tokens.models import ApiToken
from accounts.tokens.reading import PREFIX
from geokit.digests import digest_of_secret
from geokit.refusal import BadInput, FieldError, NotPermitted
from ledger import audit
from ledger.actors import SITE

LONGEST_DAYS = 366
MOST_PER_HOLDER = 20
OF_A_PERSON = (ApiToken.Scope.READ, ApiToken.Scope.MAPS)
"""What anybody's token may do: what she writes, she writes herself."""
OF_A_KEEPER = (*OF_A_PERSON, ApiToken.Scope.LAYERS)
"""And that of people who keep layers: a desktop GIS has no other way to sign in. Which layers is asked at each edit."""
KEEPERS = (Role.GIS, Role.OFFICER, Role.STAFF, Role.ADMIN)


def may_hold_tokens(user: Any) -> bool:
    """Everybody who signs in, for her own reading."""
    return role_of(user) != ANONYMOUS and not user.is_service


def may_manage_tokens(user: Any) -> bool:
    """Tell who makes tokens of departments: administrators for every department, officers for their own."""
    return may_hold_tokens(user) and role_of(user) in (Role.ADMIN, Role.OFFICER)


def scopes_of_a_person(user: Any) -> tuple[ApiToken.Scope, ...]:
    """What a token of `user` herself may do."""
    return OF_A_KEEPER if role_of(user) in KEEPERS else OF_A_PERSON


def tokens_visible_to(user: Any) -> Any:
    """The tokens that `user` may see and take back."""
    tokens = ApiToken.objects.select_related("department", "holder", "created_by")
    if not may_hold_tokens(user):
        return tokens.none()
    if role_of(user) == Role.ADMIN:
        return tokens
    own = Q(holder=user)
    if may_manage_tokens(user) and user.department_id is not None:
        own |= Q(department=user.department_id)
    return tokens.filter(own)


@transaction.atomic
def issue(
    actor: Any, *, department: Department | None, name: str, scopes: Iterable[str], expires_on: date
) -> tuple[Any, str]:
    """Make a token of `department`, of `actor` herself where that is None; return its row and the token itself, which
    nobody can read again.

    Raises NotPermitted, or BadInput with an error per field.
    """
    holder = actor if department is None else None
    _check_may_manage(actor, department, holder)
    _check_factor(actor)
    chosen = [scope for scope in ApiToken.Scope.values if scope in set(scopes)]
    _check_wishes(department, holder, name, chosen, expires_on)
    text = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        department=department,
        holder=holder,
        name=name.strip(),
        prefix=text[:10],
        digest=digest_of_secret(text),
        scopes=chosen,
        created_by=actor,
        expires_on=expires_on,
    )
    audit.record(actor, "token-issued", token, department=department.code if department else "", scopes=chosen)
    return token, text


@transaction.atomic
def revoke(actor: Any, token_id: int) -> ApiToken:
    """Take a token back, at once and for good. Raises NotPermitted; a second time changes nothing."""
    token = ApiToken.objects.select_for_update(of=("self",)).filter(pk=token_id).first()
    if token is None:
        raise NotPermitted(_("没有这个令牌。"))
    _check_may_manage(actor, token.department, token.holder)
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        audit.record(actor, "token-revoked", token)
    return token


@transaction.atomic
def end_of_maker(actor: Any, maker: User) -> int:
    """Take back every token that `maker` made and may no longer keep, or wants ended; return how many."""
    return _end(actor, Q(created_by=maker), because="maker")


@transaction.atomic
def end_of_holder(actor: Any, holder: User) -> int:
    """Take back the tokens by which programs ask as `holder` herself; her department's stay. Return how many."""
    return _end(actor, Q(holder=holder), because="holder")


@transaction.atomic
def end_again(digests: Iterable[str]) -> int:
    """Take back tokens that had been taken back before a backup was restored, by the site; return how many."""
    return _end(SITE, Q(digest__in=list(digests)), because="restore")


def _end(actor: Any, which: Q, *, because: str) -> int:
    tokens = list(ApiToken.objects.select_for_update(of=("self",)).filter(which, revoked_at=None))
    for token in tokens:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        audit.record(actor, "token-revoked", token, because=because)
    return len(tokens)


def _check_may_manage(actor: Any, department: Department | None, holder: User | None) -> None:
    if role_of(actor) == Role.ADMIN:
        return
    if department is None:
        if not may_hold_tokens(actor) or holder != actor:
            raise NotPermitted(_("只能管理本人的令牌。"))
    elif not may_manage_tokens(actor) or actor.department_id != department.pk:
        raise NotPermitted(_("只有管理员和本部门的联络员可以管理接口令牌。"))


def _check_factor(actor: Any) -> None:
    if policy.is_required_for_tokens() and not policy.has_factor(actor):
        raise NotPermitted(_("请先在“登录与安全”里添加两步验证，再创建令牌。"))


def _check_wishes(
    department: Department | None, holder: User | None, name: str, scopes: list[str], expires_on: date
) -> None:
    today = timezone.localdate()
    usable = ApiToken.objects.filter(revoked_at=None, expires_on__gte=today)
    active = usable.filter(department=department, holder=holder).count()
    problems = [
        FieldError(field, code, message)
        for wrong, field, code, message in (
            (not name.strip(), "name", "missing", _("请写明用途，例如哪个系统使用。")),
            (not scopes, "scopes", "missing", _("请至少选一项权限。")),
            (
                holder is not None and not set(scopes) <= set(scopes_of_a_person(holder)),
                "scopes",
                "not-for-persons",
                _("本人的令牌只能读取，以及编辑本人负责的图层；报送数据请用部门的令牌。"),
            ),
            (
                not today <= expires_on <= today + timedelta(days=LONGEST_DAYS),
                "expires_on",
                "out-of-range",
                _("有效期须在今天之后、一年以内。"),
            ),
            (active >= MOST_PER_HOLDER, "name", "too-many", _("令牌已达上限，请先停用不再使用的。")),
        )
        if wrong
    ]
    if problems:
        raise BadInput(" ".join(problem.message for problem in problems), errors=problems)
