"""Writes of accounts: invite, change, close, open again, invite anew. Each is one transaction and one line of audit."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.calendars.feeds import end_feed
from accounts.calendars.services import end_address
from accounts.directory.acting import acting
from accounts.directory.models import Area, Department, Role, User
from accounts.identities import services as identities
from accounts.notices.own_addresses import forget_all
from accounts.people import invitations
from accounts.people.credentials.handover import send_or_ask
from accounts.people.permissions import people_visible_to, roles_given_by
from accounts.sessions.services import end_all
from accounts.tokens.services import end_of_maker
from geokit.refusal import BadInput, FieldError, NotPermitted, StaleEdit
from ledger import audit
from ledger.actors import SITE
from ui.forms.mailboxes import is_mailbox

FIELDS = ("display_name", "role", "department", "area", "email")


@dataclass(frozen=True, slots=True)
class Particulars:
    """What is known of a person and what she may do."""

    display_name: str
    role: str
    department: Department | None = None
    area: Area | None = None
    email: str = ""


def version_of(user: User) -> str:
    """A digest of what the form shows: a form sent after somebody else's change carries another."""
    seen = [str(getattr(user, f"{name}_id", None) or getattr(user, name) or "") for name in FIELDS]
    text = "\0".join([*seen, str(user.is_active)])
    return salted_hmac("accounts.version", text, algorithm="sha256").hexdigest()[:16]


@transaction.atomic
def invite(actor: Any, username: str, given: Particulars) -> tuple[User, str]:
    """Make an account without a password; its owner gets a link (`credentials.handover.send_or_ask`).

    Raises NotPermitted for a role that `actor` does not give, BadInput with an error per field.
    """
    name = username.strip()
    problems = [*username_problems(name), *_problems(actor, given)]
    _refuse(problems)
    user = User(username=name, **_columns(given))
    user.set_unusable_password()
    user.save()
    audit.record(actor, "person-invited", user, role=given.role)
    return user, send_or_ask(actor, user)


@transaction.atomic
def change(actor: Any, user_id: int, given: Particulars, version: str) -> User:
    """Change what somebody is and may do. Raises StaleEdit when somebody else has changed it since."""
    user = _own(actor, user_id)
    if version != version_of(user):
        raise StaleEdit(_("“%s”的资料在您打开页面之后已被修改，请查看后再提交。") % user)
    if user.pk == actor.pk and given.role != user.role:
        raise NotPermitted(_("不能改自己的角色，请另一位管理人员来改。"))
    if user.pk == actor.pk and given.email != user.email:
        raise NotPermitted(_("自己的邮箱请在“登录与安全”里更换，新邮箱确认后才生效。"))
    _refuse(_problems(actor, given))
    before = user.role
    changed = [name for name, value in _columns(given).items() if getattr(user, name) != value]
    for name, value in _columns(given).items():
        setattr(user, name, value)
    if changed:
        with acting(actor):
            user.save(update_fields=changed)
        if {"role", "department"} & set(changed):
            end_of_maker(actor, user)
        if "email" in changed and user.pk != actor.pk:  # it may be another person's account from now on
            forget_all(user)
            identities.forget_all(user, actor)
        audit.record(actor, "person-changed", user, fields=changed, role_before=before, role=user.role)
    return user


@transaction.atomic
def close(actor: Any, user_id: int) -> User:
    """Let somebody sign in no more; what she did stays hers. Her sessions, tokens and calendar addresses end now."""
    user = _own(actor, user_id)
    if user.pk == actor.pk:
        raise NotPermitted(_("不能停用自己的账号。"))
    if user.is_active:
        _close(actor, user)
    return user


@transaction.atomic
def close_again(user_id: int) -> bool:
    """Close an account that had been closed before a backup was restored, by the site; tell whether it was open."""
    user = User.objects.select_for_update(of=("self",)).filter(pk=user_id, is_active=True).first()
    if user is not None:
        _close(SITE, user, because="restore")
    return user is not None


def _close(actor: Any, user: User, **detail: Any) -> None:
    user.is_active = False
    user.save(update_fields=["is_active"])
    end_of_maker(actor, user)
    end_all(user)
    end_address(user, actor)
    end_feed(user, actor)
    forget_all(user)
    identities.forget_all(user, actor)
    audit.record(actor, "person-closed", user, **detail)


@transaction.atomic
def reopen(actor: Any, user_id: int) -> tuple[User, str]:
    """Open a closed account; its owner sets a new password by the link that she gets."""
    user = _own(actor, user_id)
    if user.is_active:
        raise BadInput(_("“%s”没有停用。") % user, code="not-closed")
    user.is_active = True
    user.save(update_fields=["is_active"])
    audit.record(actor, "person-reopened", user)
    invitations.lock(user, actor)
    return user, send_or_ask(actor, user)


@transaction.atomic
def invite_again(actor: Any, user_id: int) -> tuple[User, str]:
    """For a password that was lost or an invitation that ran out: the old password opens nothing any more."""
    user = _own(actor, user_id)
    if not user.is_active:
        raise BadInput(_("“%s”已停用，请先恢复。") % user, code="closed")
    if user.pk == actor.pk:
        raise NotPermitted(_("自己的密码请在“修改密码”里改。"))
    audit.record(actor, "person-invited-again", user)
    invitations.lock(user, actor)
    return user, send_or_ask(actor, user)


def _own(actor: Any, user_id: int) -> User:
    user = people_visible_to(actor).select_for_update(of=("self",)).filter(pk=user_id).first()
    if user is None:
        raise NotPermitted(_("没有这个账号。"))
    return user


def _columns(given: Particulars) -> dict[str, Any]:
    """Django's own administration is for administrators alone."""
    is_admin = given.role == Role.ADMIN
    return {name: getattr(given, name) for name in FIELDS} | {"is_staff": is_admin, "is_superuser": is_admin}


def username_problems(name: str) -> list[FieldError]:
    try:
        UnicodeUsernameValidator()(name)
    except ValidationError as error:
        return [FieldError("username", "invalid", " ".join(error.messages))]
    if len(name) > 60 or name.startswith("api-"):
        return [FieldError("username", "invalid", _("账号最多 60 个字符，不能以 api- 开头。"))]
    if User.objects.filter(username__iexact=name).exists():
        return [FieldError("username", "taken", _("账号“%s”已有人使用。") % name)]
    return []


def _problems(actor: Any, given: Particulars) -> list[FieldError]:
    if given.role not in roles_given_by(actor):
        raise NotPermitted(_("您不能给出这个角色。"))
    found = []
    if not given.display_name.strip():
        found.append(FieldError("display_name", "required", _("请填写姓名。")))
    if given.role == Role.OFFICER and given.department is None:
        found.append(FieldError("department", "required", _("部门联络员必须属于一个部门。")))
    if given.role != Role.OFFICER and given.department is not None:
        found.append(FieldError("department", "not-for-role", _("只有部门联络员属于部门，请留空。")))
    if given.email and not is_mailbox(given.email):
        found.append(FieldError("email", "invalid", _("“%s”不是一个邮箱地址。") % given.email))
    return found


def _refuse(problems: list[FieldError]) -> None:
    if problems:
        raise BadInput(" ".join(problem.message for problem in problems), errors=problems)
