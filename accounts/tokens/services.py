"""Tokens of departments: made, shown once, asked for by the API, taken back.

A view of the API says with `token_scope` which scope its writes need; without one it takes no writes by token. That is
asked here, where the token is read, so no view can forget it.
"""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from accounts.directory.models import Department, Role, User
from accounts.factors import policy
from accounts.permissions import role_of
from accounts.tokens.models import ApiToken
from geokit.refusal import BadInput, FieldError, NotPermitted
from ledger import audit

PREFIX = "hs_"
SCHEME = "Bearer"
LONGEST_DAYS = 366
MOST_PER_DEPARTMENT = 20
NOTED_EVERY = timedelta(minutes=1)


class BadToken(exceptions.APIException):
    """The token is unknown, has run out or was taken back; the answer does not say which."""

    status_code = 401
    default_code = "bad-token"
    auth_header = SCHEME


class TokenAuthentication(BaseAuthentication):
    """Reads ``Authorization: Bearer hs_…``; what asks is then the department's service account."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        words = get_authorization_header(request).decode("latin-1").split()
        if not words or words[0].lower() != SCHEME.lower():
            return None
        token = _find(words[1]) if len(words) == 2 else None
        if token is None:
            raise BadToken(_("令牌无效、已过期或已停用。"))
        _check_scope(request, token)
        _note_use(token)
        return service_account(token.department), token

    def authenticate_header(self, request: Request) -> str:
        return SCHEME


class TokenScheme(OpenApiAuthenticationExtension):
    """How the API's description speaks of tokens."""

    target_class = TokenAuthentication
    name = "departmentToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        scopes = "、".join(f"{scope.value}（{scope.label}）" for scope in ApiToken.Scope)
        text = _("部门令牌，由部门联络员或管理员在“接口令牌”页创建。权限：%s。") % scopes
        return {"type": "http", "scheme": "bearer", "bearerFormat": f"{PREFIX}…", "description": text}


def may_manage_tokens(user: Any) -> bool:
    """Administrators for every department, officers for their own."""
    return role_of(user) in (Role.ADMIN, Role.OFFICER) and not user.is_service


def tokens_visible_to(user: Any) -> Any:
    """The tokens that `user` may see and take back."""
    tokens = ApiToken.objects.select_related("department", "created_by")
    if role_of(user) == Role.ADMIN:
        return tokens
    return tokens.filter(department=user.department_id) if may_manage_tokens(user) else tokens.none()


@transaction.atomic
def issue(actor: Any, *, department: Department, name: str, scopes: Iterable[str], expires_on: date) -> tuple[Any, str]:
    """Make a token; return its row and the token itself, which nobody can read again.

    Raises NotPermitted, or BadInput with an error per field.
    """
    _check_may_manage(actor, department)
    _check_factor(actor)
    chosen = [scope for scope in ApiToken.Scope.values if scope in set(scopes)]
    _check_wishes(department, name, chosen, expires_on)
    text = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        department=department,
        name=name.strip(),
        prefix=text[:10],
        digest=_digest(text),
        scopes=chosen,
        created_by=actor,
        expires_on=expires_on,
    )
    audit.record(actor, "token-issued", token, department=department.code, scopes=chosen)
    return token, text


@transaction.atomic
def revoke(actor: Any, token_id: int) -> ApiToken:
    """Take a token back, at once and for good. Raises NotPermitted; a second time changes nothing."""
    token = ApiToken.objects.select_for_update().select_related("department").filter(pk=token_id).first()
    if token is None:
        raise NotPermitted(_("没有这个令牌。"))
    _check_may_manage(actor, token.department)
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        audit.record(actor, "token-revoked", token)
    return token


@transaction.atomic
def end_of_maker(actor: Any, maker: User) -> int:
    """Take back every token that `maker` made and may no longer keep, or wants ended; return how many."""
    tokens = list(ApiToken.objects.select_for_update().filter(created_by=maker, revoked_at=None))
    for token in tokens:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        audit.record(actor, "token-revoked", token, because="maker")
    return len(tokens)


def service_account(department: Department) -> User:
    """The account that stands for a department's programs: an officer of it who cannot sign in."""
    defaults = {
        "role": Role.OFFICER,
        "department": department,
        "display_name": _("%s（接口）") % department.short_name,
        "is_service": True,
        "password": "!",  # what Django writes for "no password opens this"
    }
    return User.objects.get_or_create(username=f"api-{department.code}", defaults=defaults)[0]


def _made_by_a_keeper() -> Q:
    """Match tokens whose maker could make them today: a token outlives neither her account nor her role."""
    officer_of_it = Q(created_by__role=Role.OFFICER, created_by__department=F("department"))
    return Q(created_by__is_active=True) & (Q(created_by__role=Role.ADMIN) | officer_of_it)


def _check_may_manage(actor: Any, department: Department) -> None:
    own = role_of(actor) == Role.OFFICER and actor.department_id == department.pk and not actor.is_service
    if not own and role_of(actor) != Role.ADMIN:
        raise NotPermitted(_("只有管理员和本部门的联络员可以管理接口令牌。"))


def _check_factor(actor: Any) -> None:
    if policy.is_required_for_tokens() and not policy.has_factor(actor):
        raise NotPermitted(_("请先在“登录与安全”里添加两步验证，再创建令牌。"))


def _check_wishes(department: Department, name: str, scopes: list[str], expires_on: date) -> None:
    today = timezone.localdate()
    active = ApiToken.objects.filter(department=department, revoked_at=None, expires_on__gte=today).count()
    problems = [
        FieldError(field, code, message)
        for wrong, field, code, message in (
            (not name.strip(), "name", "missing", _("请写明用途，例如哪个系统使用。")),
            (not scopes, "scopes", "missing", _("请至少选一项权限。")),
            (
                not today <= expires_on <= today + timedelta(days=LONGEST_DAYS),
                "expires_on",
                "out-of-range",
                _("有效期须在今天之后、一年以内。"),
            ),
            (active >= MOST_PER_DEPARTMENT, "name", "too-many", _("这个部门的令牌已达上限，请先停用不再使用的。")),
        )
        if wrong
    ]
    if problems:
        raise BadInput(" ".join(problem.message for problem in problems), errors=problems)


def _digest(text: str) -> str:
    """A token is 256 random bits, so one round of SHA-256 hides it as well as a slow hash would."""
    return hashlib.sha256(text.encode()).hexdigest()


def _find(text: str) -> ApiToken | None:
    usable = ApiToken.objects.filter(_made_by_a_keeper(), revoked_at=None, expires_on__gte=timezone.localdate())
    return usable.select_related("department").filter(digest=_digest(text)).first()


def _check_scope(request: Request, token: ApiToken) -> None:
    if request.method in SAFE_METHODS:
        needed: str | None = ApiToken.Scope.READ
    else:
        needed = getattr((request.parser_context or {}).get("view"), "token_scope", None)
    if needed is None:
        raise exceptions.PermissionDenied(_("这个地址不接受令牌写入。"))
    if needed not in token.scopes:
        raise exceptions.PermissionDenied(_("令牌没有“%s”权限。") % ApiToken.Scope(needed).label)


def _note_use(token: ApiToken) -> None:
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at >= NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
