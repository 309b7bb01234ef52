"""Where a token is asked for: in a header, or in an address that no log has (`/by-token/…`).

A token comes as `Authorization: Bearer hs_…`, or as the password of `Authorization: Basic …` with any name, as
QGIS, Excel and ArcGIS can send it. A view of the API says with `token_scope` which scope its writes need, and with
`token_reads` which scopes read there; other views say it with `by_token`. What says nothing takes no token.

What writes takes the header `Bearer` alone: a browser keeps name and password and sends them by itself, also with a
form of another site.
"""

import base64
import binascii
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Q
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from accounts.directory.models import Department, Role, User
from accounts.tokens.models import ApiToken
from geokit.digests import digest_of_secret

PREFIX = "hs_"
BEARER, BASIC = "Bearer", 'Basic realm="maps", charset="UTF-8"'
NOTED_EVERY = timedelta(minutes=1)
LONGEST = 200
"""Characters of a token that are looked at; one of ours has 46."""
READS = frozenset({ApiToken.Scope.READ})
MAPS = frozenset({ApiToken.Scope.READ, ApiToken.Scope.MAPS})
"""Scopes that read the API, and those that read maps, layers and their downloads."""
ADDRESS = "/by-token/"
"""Below it the token is a part of the address, for programs that can send no header."""


class BadToken(exceptions.APIException):
    """The token is unknown, has run out or was taken back; the answer does not say which."""

    status_code = 401
    default_code = "bad-token"

    def __init__(self, challenge: str = BEARER) -> None:
        super().__init__(_("令牌无效、已过期或已停用。"))
        self.auth_header = challenge


class TokenAuthentication(BaseAuthentication):
    """What asks by a department's token is the department's service account; by a person's, she."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        token = token_of(request._request)
        if token is None:
            return None
        _check_scope(request, token)
        return asker_of(token), token

    def authenticate_header(self, request: Request) -> str:
        return BEARER


class TokenScheme(OpenApiAuthenticationExtension):
    """How the API's description speaks of tokens."""

    target_class = TokenAuthentication
    name = "departmentToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        scopes = "、".join(f"{scope.value}（{scope.label}）" for scope in ApiToken.Scope)
        text = _("部门或本人的令牌，在“接口令牌”页创建。权限：%s。") % scopes
        return {"type": "http", "scheme": "bearer", "bearerFormat": f"{PREFIX}…", "description": text}


def token_of(request: HttpRequest) -> ApiToken | None:
    """Return the usable token that a request's header brings, None where it brings none.

    Raises BadToken, and PermissionDenied where `Basic` would write.
    """
    scheme, _space, rest = request.headers.get("Authorization", "").strip().partition(" ")
    if scheme.lower() == "bearer":
        return usable_token(rest.strip())
    if scheme.lower() == "basic" and (text := _in_basic(rest.strip())):
        if request.method not in SAFE_METHODS:
            raise exceptions.PermissionDenied(_("写入请用 Authorization: Bearer 发送令牌，Basic 只能读取。"))
        return usable_token(text, BASIC)
    return None


def usable_token(text: str, challenge: str = BEARER) -> ApiToken:
    """Find a token that is good now, and note its use. Raises BadToken."""
    usable = ApiToken.objects.filter(_made_by_a_keeper(), revoked_at=None, expires_on__gte=timezone.localdate())
    found = (
        usable.select_related("department", "holder").filter(digest=digest_of_secret(text)).first()
        if _may_be(text)
        else None
    )
    if found is None:
        raise BadToken(challenge)
    _note_use(found)
    return found


def asker_of(token: ApiToken) -> User:
    """Return the account that a token stands for."""
    if token.department is not None:
        return service_account(token.department)
    assert token.holder is not None  # noqa: S101 - the table's own constraint
    return token.holder


def service_account(department: Department) -> User:
    """The account that stands for a department's programs: an officer of it who cannot sign in.

    Its name is written in the site's own language, whatever the first program to ask reads.
    """
    with translation.override(settings.LANGUAGE_CODE):
        name = _("%s（接口）") % department.short_name
    defaults = {
        "role": Role.OFFICER,
        "department": department,
        "display_name": name,
        "is_service": True,
        "password": "!",  # what Django writes for "no password opens this"
    }
    return User.objects.get_or_create(username=f"api-{department.code}", defaults=defaults)[0]


def require_one_of(token: ApiToken, scopes: Collection[str]) -> None:
    """Raises PermissionDenied where the token has none of these scopes."""
    if not set(scopes) & set(token.scopes):
        label = next(scope.label for scope in ApiToken.Scope if scope in scopes)
        raise exceptions.PermissionDenied(_("令牌没有“%s”权限。") % label)


def site_of(request: HttpRequest) -> str:
    """Return what the addresses in an answer begin with, without a last slash; behind `/by-token/` with the token,
    so that a program that follows them needs nothing else."""
    return request.build_absolute_uri(getattr(request, "token_address", "/")).rstrip("/")


def _in_basic(encoded: str) -> str:
    """The token among name and password; empty for a pair that has none, which is some proxy's and not ours."""
    try:
        name, _colon, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return ""
    return next((part for part in (password, name) if part.startswith(PREFIX)), "")


def _may_be(text: str) -> bool:
    return text.startswith(PREFIX) and len(text) < LONGEST and text.isascii()


def _made_by_a_keeper() -> Q:
    """Match tokens whose maker could make them today: a token outlives neither her account nor her role."""
    officer_of_it = Q(created_by__role=Role.OFFICER, created_by__department=F("department"))
    keeper = Q(department__isnull=False) & (Q(created_by__role=Role.ADMIN) | officer_of_it)
    own = Q(holder=F("created_by"), created_by__is_service=False)
    return Q(created_by__is_active=True) & (keeper | own)


def _check_scope(request: Request, token: ApiToken) -> None:
    view = (request.parser_context or {}).get("view")
    if request.method in SAFE_METHODS:
        return require_one_of(token, getattr(view, "token_reads", READS))
    needed = getattr(view, "token_scope", None)
    if needed is None:
        raise exceptions.PermissionDenied(_("这个地址不接受令牌写入。"))
    require_one_of(token, (needed,))


def _note_use(token: ApiToken) -> None:
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at >= NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
