"""What somebody changes about her own way in: her mailbox, a lost password."""

from datetime import timedelta

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.directory.acting import acting
from accounts.directory.models import User
from accounts.notices import notify
from accounts.notices.services import ask_address
from accounts.people import invitations
from accounts.people.credentials.queries import CONFIRMED, mailbox_is_doubtful, mailbox_is_own
from accounts.rate_limits import Limit, address_of, spend
from accounts.sessions import log
from accounts.signin import links
from geokit.refusal import BadInput, FieldError
from jobs.lanes import Lane
from jobs.queue import enqueue
from ledger import audit

RESETS = (Limit("reset-address", 6, timedelta(hours=1)), Limit("reset-name", 6, timedelta(days=1)))
EMAILS = Limit("email-change", 5, timedelta(days=1))
SEND = "accounts.signin.services.send_reset"


def ask_for_reset(request: HttpRequest, name: str) -> None:
    """Have a link for a new password sent to whom `name` (account or mailbox) is, if to anybody.

    The same is done whoever it is, a job is queued: neither the answer nor its time tells whether the name is known.
    Raises TooMany.
    """
    given = name.strip().lower()
    spend(RESETS[0], address_of(request))
    spend(RESETS[1], f"name:{given}")
    enqueue(SEND, given, lane=Lane.MAIL)


@transaction.atomic
def send_reset(name: str) -> int:
    """Send the link to every open account of this name or mailbox that has one of each; return to how many.

    The old password stays good until a new one is set: who asks need not be the owner. Once an hour, but anew where the
    link of before opens nothing any more. Where somebody else has put the
    mailbox on the account, no link goes out before a second officer vouches for it (`people.credentials.handover`).
    """
    people = User.objects.filter(is_active=True, is_service=False).exclude(email="")
    found = [user for user in people.filter(username__iexact=name) if user.username.lower() == name]
    # PostgreSQL lowers other letters too: a look-alike address must not get somebody's link.
    found = found or [user for user in people.filter(email__iexact=name)[:5] if user.email.lower() == name]
    sent = [user for user in found if not mailbox_is_doubtful(user)]
    hour = timezone.localtime().strftime("%Y%m%d%H")
    for user in sent:
        body = _("有人要求重设账号 {name} 的密码。是您的话，请打开下面的页面；不是的话不必理会，密码没有变。")
        words = body.format(name=user.username)
        path, key = invitations.unsealed_path(user), f"reset:{user.pk}:{hour}:{invitations.state_of(user)}"
        notify([user], "account-reset", _("重设密码"), words, path, key=key)
    return len(sent)


def ask_for_email(user: User, email: str) -> None:
    """Ask the new mailbox whether it is hers and tell the old one; until it answers, the old one stays.

    The address that somebody else has put on her account is asked too. Raises BadInput for one that she has confirmed,
    TooMany.
    """
    wanted = email.strip()
    is_same = wanted.lower() == user.email.lower()
    if is_same and mailbox_is_own(user):
        message = gettext("这就是现在的邮箱。")
        raise BadInput(message, code="same-email", errors=[FieldError("email", "same", message)])
    spend(EMAILS, f"user:{user.pk}")
    with transaction.atomic():
        key = f"email:{user.pk}:{timezone.now().timestamp()}"
        if user.email and not is_same:
            body = _("有人要求把您账号的邮箱换成另一个。如果不是您，请马上改密码，并联系代表联络服务中心。")
            notify([user], "account-email-asked", _("有人要更换您账号的邮箱"), body, "/accounts/", key=key)
        body = _("有人要把这个邮箱登记为自己在本站的邮箱。是您的话，请打开下面的页面确认；不是的话不必理会。")
        ask_address(wanted, _("请确认您的新邮箱"), body, links.email_path(user, wanted), key=key)
        audit.record(user, "email-change-asked", user)


@transaction.atomic
def confirm_email(user: User, email: str, request: HttpRequest | None = None) -> None:
    """The new mailbox has answered: it is hers now. `people.credentials.jobs` tells the old one."""
    is_same, user.email = email == user.email, email
    with acting(user):
        user.save(update_fields=["email"])
    audit.record(user, CONFIRMED if is_same else "email-changed", user)
    log.write(request, log.Outcome.EMAIL, user)


def drop_email(user: User, request: HttpRequest | None = None) -> None:
    """She wants no mail any more: her mailbox is forgotten, and told so by `people.credentials.jobs`."""
    user.email = ""
    with acting(user):
        user.save(update_fields=["email"])
    audit.record(user, "email-changed", user)
    log.write(request, log.Outcome.EMAIL, user)
