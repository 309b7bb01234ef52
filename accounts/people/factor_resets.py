"""Taking somebody's second factor away: by an administrator at the counter, or by two keepers of accounts."""

from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.directory.models import Role, User
from accounts.factors import policy
from accounts.notices import notify
from accounts.people.credentials.queries import have_kept_each_other
from accounts.people.models import FactorReset
from accounts.people.permissions import keeps, people_visible_to
from accounts.permissions import role_of
from accounts.sessions import log
from accounts.sessions import services as sessions
from geokit.refusal import BadInput, FieldError, NotPermitted
from ledger import audit

GOOD_FOR = timedelta(days=1)


@transaction.atomic
def reset(actor: Any, user_id: int, reason: str, request: HttpRequest | None = None) -> FactorReset:
    """Take the factors of `user_id` away, or ask a second person to agree; `reason` says how the person was checked.

    An administrator does it alone; of other keepers of accounts it takes two. Raises NotPermitted, BadInput.
    """
    user = _other(actor, user_id)
    if not (words := reason.strip()):
        message = _("请写明怎样核对了本人，例如当面核对证件。")
        raise BadInput(message, code="no-reason", errors=[FieldError("reason", "required", message)])
    if not Authenticator.objects.filter(user=user).exists():
        raise BadInput(_("“%s”没有两步验证，不用重置。") % user, code="no-factor")
    if waiting(user).exists():
        raise BadInput(_("已有人提出重置，等另一位管理人员同意。"), code="already-asked")
    asked = FactorReset.objects.create(user=user, reason=words, asked_by=actor, asked_at=timezone.now())
    audit.record(actor, "factor-reset-asked", user)
    if role_of(actor) == Role.ADMIN:
        _carry_out(asked, actor, request)
    return asked


@transaction.atomic
def agree(actor: Any, user_id: int, request: HttpRequest | None = None) -> FactorReset:
    """Agree to what another keeper asked within a day. Raises NotPermitted, BadInput."""
    user = _other(actor, user_id)
    asked = waiting(user).select_for_update().first()
    if asked is None:
        raise BadInput(_("没有等待同意的重置，它可能已过期。"), code="nothing-asked")
    if not may_agree(actor, asked):
        raise NotPermitted(_("须由另一位管理人员同意：与提出的人有一方建立、邀请或重置过另一方账号的，也不能。"))
    asked.agreed_by = actor
    _carry_out(asked, actor, request)
    return asked


def may_agree(actor: Any, asked: FactorReset) -> bool:
    """Tell whether `actor` is a second person: she did not ask, and neither of the two has had the other's account in
    her hands. An administrator, who resets alone, needs no second."""
    if asked.asked_by_id == actor.pk:
        return False
    return role_of(actor) == Role.ADMIN or not have_kept_each_other(actor, asked.asked_by)


def waiting(user: User) -> QuerySet[FactorReset]:
    """What was asked for `user` by somebody who still keeps her account, and neither carried out nor forgotten."""
    wishes = FactorReset.objects.filter(user=user, done_at=None, asked_at__gt=timezone.now() - GOOD_FOR)
    standing = [wish.pk for wish in wishes.select_related("asked_by__area") if keeps(wish.asked_by, user)]
    return wishes.filter(pk__in=standing)


def take_away(user: User, request: HttpRequest | None = None) -> int:
    """Delete the user's factors and codes, end her sessions and tell her; return how many there were."""
    gone, _rows = Authenticator.objects.filter(user=user).delete()
    sessions.end_all(user)
    log.write(request, log.Outcome.FACTOR_RESET, user)
    body = gettext_lazy("下次登录只用密码，然后请重新添加。如果不是您要求的，请马上联系代表联络服务中心。")
    key = f"factor-reset:{user.pk}:{timezone.now().timestamp()}"
    notify([user], "account-factor-reset", gettext_lazy("您的两步验证已被重置"), body, "/accounts/", key=key)
    return gone


def state_of(user: User, asker: Any) -> dict[str, Any]:
    """Return what the page of a person says of her second factor to `asker`."""
    asked = waiting(user).select_related("asked_by").first()
    return {
        "has_factor": policy.has_factor(user),
        "is_required": policy.is_required(user.role),
        "asked": asked,
        "may_agree": asked is not None and may_agree(asker, asked),
    }


def _carry_out(asked: FactorReset, actor: Any, request: HttpRequest | None) -> None:
    asked.done_at = timezone.now()
    asked.save(update_fields=["agreed_by", "done_at"])
    take_away(asked.user, request)
    audit.record(actor, "factor-reset", asked.user, asked_by=asked.asked_by_id)


def _other(actor: Any, user_id: int) -> User:
    user = people_visible_to(actor).select_for_update(of=("self",)).filter(pk=user_id).first()
    if user is None:
        raise NotPermitted(_("没有这个账号。"))
    if user.pk == actor.pk:
        raise NotPermitted(_("自己的两步验证请在“登录与安全”里改，或请另一位管理人员重置。"))
    return user
