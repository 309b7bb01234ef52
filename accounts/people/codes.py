"""Invitations on paper: for each person a link as a QR code, and a short code for those who type.

Only for people without a mailbox who have never signed in; whoever prints a sheet hands it out in person. A password
that was lost is given back by two officers (`credentials.handover`).
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from accounts.directory.models import User
from accounts.notices import links
from accounts.people import invitations
from accounts.people.models import InvitationCode
from accounts.people.permissions import people_visible_to
from accounts.rate_limits import Limit, address_of, spend
from geokit.refusal import BadInput
from ledger import audit
from ui.text.codes import random_code, typed_code

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Digits and capitals that nobody takes for one another on paper."""
LENGTH, GROUP = 12, 4
MOST = 200
TRIES = (Limit("invitation-address", 20, timedelta(hours=1)), Limit("invitation-name", 10, timedelta(days=1)))


@dataclass(frozen=True, slots=True)
class Card:
    """What a sheet has for one person; neither the link nor the code is kept anywhere."""

    user: User
    link: str
    code: str
    good_until: datetime


def waiting(people: QuerySet[User]) -> QuerySet[User]:
    """Of `people` those who have never signed in and have no mailbox to send an invitation to."""
    unused = people.filter(is_active=True, last_login=None, password__startswith=UNUSABLE_PASSWORD_PREFIX)
    return unused.filter(email="")


@transaction.atomic
def make_sheet(actor: Any, keys: Iterable[int]) -> list[Card]:
    """Make a link and a code for each; earlier codes of theirs end. Raises BadInput for nobody or too many."""
    people = list(waiting(people_visible_to(actor)).filter(pk__in=list(keys)).order_by("role", "username")[: MOST + 1])
    if not people:
        raise BadInput(_("没有待设密码、又没有邮箱的人。"), code="nobody-waits")
    if len(people) > MOST:
        raise BadInput(_("一次最多打印 %d 张，请先筛选。") % MOST, code="too-many")
    return [_card(actor, user) for user in people]


def invitation_for(request: HttpRequest, username: str, code: str) -> str:
    """Return the page on which the owner of a code sets her password. Raises BadInput, TooMany.

    Whether the name or the code was wrong is not said.
    """
    _count_try(request, username)
    return links.sealed(invitations.unsealed_path(_owner(username, code)))


def accept(request: HttpRequest, username: str, code: str, bind: Callable[[User], None]) -> User:
    """Give the owner of a code her account without a password: `bind` says what opens it from now on.

    The code is used up, and with it the link of the same sheet. Raises BadInput, TooMany, and what `bind` raises; then
    the code is still good.
    """
    _count_try(request, username)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=_owner(username, code).pk)
        user = _owner(username, code)  # once more: it may have been used up while this waited
        invitations.lock(user, user)
        InvitationCode.objects.filter(user=user).delete()
        bind(user)
    return user


def _count_try(request: HttpRequest, username: str) -> None:
    spend(TRIES[0], address_of(request))
    spend(TRIES[1], f"name:{username.strip().lower()}")


def _owner(username: str, code: str) -> User:
    found = InvitationCode.objects.select_related("user").filter(user__username__iexact=username.strip()).first()
    if found is None or not _opens(found, code):
        raise BadInput(_("账号或邀请码不对，或者已经用过、过期。"), code="bad-code")
    return found.user


@transaction.atomic
def counter_card(actor: Any, user: User, link: str) -> Card:
    """Make a code beside a link that `actor` gives out at the counter (`credentials.handover`), for who types."""
    return _card(actor, user, link)


def _card(actor: Any, user: User, link: str = "") -> Card:
    code = random_code(LENGTH, ALPHABET)
    good_until = timezone.now() + invitations.GOOD_FOR
    values = {"digest": _digest(user, code), "state": invitations.state_of(user), "made_by": actor}
    InvitationCode.objects.update_or_create(user=user, defaults=values | {"good_until": good_until})
    audit.record(actor, "person-invitation-printed", user)
    spaced = " ".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))
    return Card(user, link or links.absolute(invitations.unsealed_path(user)), spaced, good_until)


def _opens(found: InvitationCode, code: str) -> bool:
    same = constant_time_compare(found.digest, _digest(found.user, typed_code(code).upper()))
    is_new = constant_time_compare(found.state, invitations.state_of(found.user))
    return same and is_new and found.user.is_active and found.good_until > timezone.now()


def _digest(user: User, code: str) -> str:
    """Sixty random bits, keyed with the site's secret: a copy of the table alone opens nothing."""
    return hmac.new(settings.SECRET_KEY.encode(), f"invitation:{user.pk}:{code}".encode(), hashlib.sha256).hexdigest()
