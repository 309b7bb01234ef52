"""Make a code, and with it the first account. Both only while nobody has an account."""

from datetime import timedelta

from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from accounts.directory.models import Role, User
from accounts.first_account.models import SetupCode
from accounts.people.services import username_problems
from geokit.refusal import BadInput, FieldError, NotPermitted
from ledger import audit
from ui.text.codes import random_code, typed_code

ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""Without letters and digits that are taken for each other."""
GROUPS, GROUP_LENGTH = 4, 4
"""16 of 30 signs: 78 bits, so that guessing is hopeless even without a limit."""
GOOD_FOR = timedelta(hours=24)
SALT = "accounts.first-account"
KEPT_AS = "somebody-has-an-account"
KEPT_SECONDS = 600


def has_people() -> bool:
    """Tell whether anybody has an account, also a closed one; programs' accounts are nobody's. Kept once it is so."""
    if cache.get(KEPT_AS):
        return True
    found = _people_exist()
    if found:
        cache.set(KEPT_AS, True, KEPT_SECONDS)
    return found


@transaction.atomic
def make_code() -> str:
    """Return a new code, which replaces the one before; empty where somebody has an account."""
    _one_at_a_time()
    SetupCode.objects.all().delete()
    if _people_exist():
        return ""
    groups = (random_code(GROUP_LENGTH, ALPHABET) for _group in range(GROUPS))
    code = "-".join(groups)
    SetupCode.objects.create(digest=_digest(code), expires_at=timezone.now() + GOOD_FOR)
    return code


@transaction.atomic
def make_first_account(code: str, username: str, display_name: str, password: str) -> User:
    """Make the administrator that a code is for, and use the code up. Two at once: one of them is refused.

    Raises NotPermitted once anybody has an account, BadInput for a wrong or old code or a name that cannot be.
    """
    _one_at_a_time()
    if _people_exist():
        raise NotPermitted(_("平台已经有账号，请登录，或请管理员邀请您。"))
    kept = SetupCode.objects.filter(expires_at__gt=timezone.now()).first()
    if kept is None or not constant_time_compare(kept.digest, _digest(code)):
        message = _("代码不对，或已过期。重新启动平台会打印新的代码。")
        raise BadInput(message, code="bad-code", errors=[FieldError("code", "bad-code", message)])
    name = username.strip()
    if problems := username_problems(name):
        raise BadInput(problems[0].message, errors=problems)
    user = User.objects.create_superuser(name, password=password, display_name=display_name.strip())
    kept.delete()
    audit.record(user, "first-account-made", user, role=Role.ADMIN.value)
    return user


def _people_exist() -> bool:
    return User.objects.filter(is_service=False).exists()


def _digest(code: str) -> str:
    return salted_hmac(SALT, typed_code(code).upper(), algorithm="sha256").hexdigest()


def _one_at_a_time() -> None:
    """Whoever else makes a code or an account waits, and then sees it."""
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {SetupCode._meta.db_table} IN EXCLUSIVE MODE")
