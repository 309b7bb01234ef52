"""What a restore brings back of accounts and tokens, by what the database says that it replaces.

Who was closed since the backup is closed again, and a token that was taken back ends again. What else changed is named,
for people to decide: which role, password or factor is right, no program knows. On a machine without that database the
operator is told what there is.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import Count
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from psycopg2.errors import UndefinedColumn, UndefinedTable

from accounts.models import Role, User
from accounts.people.services import close_again
from accounts.tokens.services import end_again
from backups import databases
from backups.erasures import is_of_this_site
from backups.store import Backup
from ledger.models import AuditEntry

MOST_NAMED = 20
Say = Callable[[str], None]

_ACCOUNTS = """
    SELECT u.id, u.username, u.is_active, u.role, u.department_id, u.area_id, u.is_superuser, u.password,
        (SELECT string_agg(f.type || f.created_at, ',' ORDER BY f.id) FROM mfa_authenticator f WHERE f.user_id = u.id),
        (SELECT string_agg(i.provider || i.uid, ',' ORDER BY i.id) FROM socialaccount_socialaccount i
            WHERE i.user_id = u.id)
    FROM accounts_user u WHERE NOT u.is_service
"""
_TOKENS = """
    SELECT digest, prefix, name, revoked_at IS NOT NULL FROM accounts_apitoken WHERE expires_on >= current_date
"""


class Account(NamedTuple):
    """An account as a database has it; `factors` and `identities` are None where there are none."""

    key: int
    username: str
    is_active: bool
    role: str
    department: int | None
    area: int | None
    is_superuser: bool
    password: str
    factors: str | None
    identities: str | None

    @property
    def rights(self) -> tuple[object, ...]:
        return self.role, self.department, self.area, self.is_superuser

    @property
    def secrets(self) -> tuple[object, ...]:
        return self.password, self.factors, self.identities


class Token(NamedTuple):
    """A token of the interface whose time is not over."""

    digest: str
    prefix: str
    name: str
    is_revoked: bool

    def __str__(self) -> str:
        return f"{self.prefix}…（{self.name}）"


@dataclass
class Since:
    """What changed between a backup and the site that it replaces; nothing is known without that site."""

    is_known: bool = False
    closed: list[Account] = field(default_factory=list)
    revoked: list[Token] = field(default_factory=list)
    rights: list[tuple[Account, Account]] = field(default_factory=list)
    """The account as it was in the backup, and as it was last."""
    secrets: list[Account] = field(default_factory=list)
    gone: list[Account] = field(default_factory=list)
    """Made since the backup."""


def since(backup: Backup, fresh: str) -> Since:
    """Compare the restored database, which has another name yet, with the site's own, if that is the backup's."""
    own = databases.ours()
    if not is_of_this_site(backup):
        return Since()
    now, last = _accounts(fresh), _accounts(own)
    if last is None or now is None:
        return Since()
    pairs = [(one, last[one.username]) for one in now.values() if one.username in last]
    both = [(one, other) for one, other in pairs if one.key == other.key and one.is_active]
    open_still = [(one, other) for one, other in both if other.is_active]
    revoked = {token.digest for token in _tokens(own) if token.is_revoked}
    return Since(
        is_known=True,
        closed=[one for one, other in both if not other.is_active],
        revoked=[token for token in _tokens(fresh) if not token.is_revoked and token.digest in revoked],
        rights=[(one, other) for one, other in open_still if one.rights != other.rights],
        secrets=[one for one, other in open_still if one.secrets != other.secrets],
        gone=[other for name, other in last.items() if name not in now],
    )


def _accounts(name: str) -> Mapping[str, Account] | None:
    """The accounts of people by their names; None of a release that had other tables."""
    with databases.session(name) as cursor:
        try:
            cursor.execute(_ACCOUNTS)
        except (UndefinedColumn, UndefinedTable):
            return None
        return {row[1]: Account(*row) for row in sorted(cursor.fetchall(), key=lambda row: row[1])}


def _tokens(name: str) -> list[Token]:
    with databases.session(name) as cursor:
        cursor.execute(_TOKENS)
        return sorted(Token(*row) for row in cursor.fetchall())


def settle(found: Since) -> list[str]:
    """End again in the site, which is the restored one now, what was ended; say that and what is to be looked at."""
    end_again(token.digest for token in found.revoked)
    closed = [one.username for one in found.closed if close_again(one.key)]  # with the tokens that each made
    words = [
        (_("备份之后停用的账号已再次停用：%s"), closed),
        (_("备份之后停用的接口令牌已再次停用：%s"), [str(token) for token in found.revoked]),
        (_("这些账号在备份之后改过角色、部门或区域，恢复后又是原来的，请逐个核对：%s"), map(_turn, found.rights)),
        (
            _("这些账号在备份之后换过密码或验证方式，恢复后旧的又能用，请通知本人重新设置：%s"),
            [one.username for one in found.secrets],
        ),
        (_("这些账号是备份之后新建的，现在没有了，请重新邀请：%s"), [one.username for one in found.gone]),
    ]
    said = [pattern % _listed(names) for pattern, given in words if (names := list(given))]
    if not found.is_known:
        said.append(_("这台机器上没有原来的站点：备份之后停用、改角色、换密码的账号和停用的令牌都不知道，请逐个核对。"))
    return [*said, *_what_there_is()]


def _turn(pair: tuple[Account, Account]) -> str:
    """An account with its role and, where that was another, the last one."""
    then, last = (Role(one.role).label if one.role in Role.values else one.role for one in pair)
    words = {"name": pair[0].username, "then": then, "last": last}
    return _("%(name)s（%(then)s，后来是%(last)s）") % words if then != last else f"{pair[0].username}（{then}）"


def _listed(names: list[str]) -> str:
    more = _("等 %d 个") % len(names) if len(names) > MOST_NAMED else ""
    return "、".join(names[:MOST_NAMED]) + more


def _what_there_is() -> Iterable[str]:
    """How many hold each role, and which accounts changed last before the backup."""
    people = User.objects.filter(is_active=True, is_service=False).order_by()
    counts = dict(people.values_list("role").annotate(Count("pk")))
    roles = [f"{label} {counts[role]}" for role, label in Role.choices if role in counts]
    yield _("现在能登录的账号：%s") % ("、".join(roles) or "0")
    about = AuditEntry.objects.filter(object_type=User._meta.label_lower, verb__startswith="person-")
    changes = list(about.order_by("-pk").values_list("object_id", "at")[:200])
    newest = {int(key): at for key, at in reversed(changes)}
    names = dict(people.filter(pk__in=newest).values_list("pk", "username"))
    told = sorted(((at, names[key]) for key, at in newest.items() if key in names), reverse=True)[:MOST_NAMED]
    if told:
        days = [f"{name}（{date_format(timezone.localdate(at))}）" for at, name in told]
        yield _("最近改动过的账号（到备份时为止）：%s") % "、".join(days)
