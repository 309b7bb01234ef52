"""Telling an account's owner that what she signs in with has changed: in the site, by mail, at her former address."""

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.notices.models import Notice
from accounts.notices.services import ask_address, notify
from accounts.people.credentials.models import CredentialChange
from accounts.permissions import is_deputy

OWNERS = "accounts.people.credentials.jobs.notify_owners"
KIND = "account-credentials"
LOOK_BACK = timedelta(days=7)
"""A worker that stood still for longer tells nothing of what lies before; the account's page shows it."""


def notify_owners(now: datetime | None = None) -> int:
    """Tell of every change that nobody was told of yet; return how many. Idempotent.

    Of factors `accounts.factors` tells at once.
    """
    since = (now or timezone.now()) - LOOK_BACK
    recent = CredentialChange.objects.filter(at__gt=since).exclude(what=CredentialChange.What.FACTOR)
    changes = list(recent.select_related("user", "actor"))
    told = set(Notice.objects.filter(key__in=[_key(change) for change in changes]).values_list("key", flat=True))
    with translation.override(settings.LANGUAGE_CODE):
        return sum(_notify(change) for change in changes if _key(change) not in told)


def _key(change: CredentialChange) -> str:
    return f"credentials:{change.pk}"


def _notify(change: CredentialChange) -> int:
    title = _("您的%s已更改") % change.get_what_display()
    at = date_format(timezone.localtime(change.at), "DATETIME_FORMAT")
    words = {"name": change.user.username, "at": at, "who": _who(change)}
    body = _("账号 %(name)s，%(at)s，%(who)s。如果不是您要改的，请马上联系人大机关。") % words
    if is_deputy(change.user):
        body += _("进行中的票决已暂停您投票。")
    if change.was and change.was != change.user.email:
        ask_address(change.was, title, body, reverse("notices:list"), key=_key(change))
    return notify([change.user], KIND, title, body, reverse("notices:list"), key=_key(change))


def _who(change: CredentialChange) -> str:
    if change.actor is None:
        return _("凭登录链接或由系统更改")
    return _("由您本人更改") if change.actor_id == change.user_id else _("由%s更改") % change.actor
