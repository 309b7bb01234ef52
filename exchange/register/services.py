"""Writes about partners, and our answers to their papers."""

import re
import secrets
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.directory.models import Department
from accounts.district import queries as district
from accounts.models import User
from accounts.permissions import Asker
from exchange.register.addresses import check_address
from exchange.register.models import ForeignRecord, Partner, Reply
from exchange.register.permissions import require_keeper
from exchange.standard import ids
from exchange.standard.kinds import KINDS
from geokit.digests import digest_of_secret
from geokit.refusal import BadInput, NotPermitted, StaleEdit, refuse
from jobs.lanes import Lane
from jobs.queue import enqueue
from ledger import audit

PUSH_TO = "exchange.jobs.push_to"
FIELDS = ("name", "public_key", "url", "secret", "kinds", "is_internal", "is_active")


def own_origin() -> str:
    """Return the code that stands before this instance's identifiers. Raises BadInput where the district has none."""
    code = district.current().code
    if not re.fullmatch(ids.ORIGIN, code):
        raise BadInput(_("本区记录里还没有区划代码，请先在“本区设置”里写好。"), code="no-origin")
    return code


@transaction.atomic
def register_partner(actor: Asker, origin: str, given: dict[str, Any]) -> tuple[Partner, str]:
    """Write a partner down; the partner, and the token by which it pushes to us, shown this once. Raises BadInput."""
    require_keeper(actor)
    if not re.fullmatch(ids.ORIGIN, origin) or origin == own_origin():
        raise refuse("origin", "invalid", _("应是对方平台的区划代码，由数字和字母组成，不能是本平台的。"))
    if Partner.objects.filter(origin=origin).exists():
        raise refuse("origin", "invalid", _("这个代码的平台已经登记。"))
    partner = Partner(origin=origin, **_checked(given))
    token = _with_new_token(partner)
    partner.save()
    audit.record(actor, "partner-registered", partner, origin=origin)
    return partner, token


@transaction.atomic
def change_token(actor: Asker, pk: int) -> tuple[Partner, str]:
    """Give a partner another token, shown this once: the former is lost, or others have it, and counts no more."""
    require_keeper(actor)
    partner = Partner.objects.select_for_update().get(pk=pk)
    token = _with_new_token(partner)
    partner.save(update_fields=["token_digest"])
    audit.record(actor, "partner-token-changed", partner, origin=partner.origin)
    return partner, token


def _with_new_token(partner: Partner) -> str:
    token = secrets.token_urlsafe(32)
    partner.token_digest = digest_of_secret(token)
    return token


@transaction.atomic
def change_partner(actor: Asker, pk: int, version: int, given: dict[str, Any]) -> Partner:
    """Change what is sent to a partner and how it is known.

    An empty `secret` leaves the one that is there, unless the address has another host now. Raises BadInput.
    """
    require_keeper(actor)
    partner = Partner.objects.select_for_update().get(pk=pk)
    if partner.version != version:
        raise StaleEdit(_("别人刚改过，请看一下现在的内容再改。"))
    checked = _checked(given)
    if not checked["secret"]:
        checked["secret"] = _kept_secret(partner, checked["url"])
    changed = sorted(name for name in FIELDS if getattr(partner, name) != checked[name])
    key = {"key": [partner.public_key, checked["public_key"]]} if "public_key" in changed else {}
    for name in FIELDS:
        setattr(partner, name, checked[name])
    partner.version += 1
    partner.sent_digest, partner.attempts, partner.next_at = "", 0, None
    partner.save()
    audit.record(actor, "partner-changed", partner, fields=changed, **key)
    return partner


def _kept_secret(partner: Partner, url: str) -> str:
    """Return the token that goes on being sent: to the host that gave it and to no other, and none without address."""
    if _host(url) == _host(partner.url):
        return partner.secret
    if url and partner.secret:
        raise refuse("secret", "another-host", _("推送地址换了主机，请填写新主机给的令牌。"))
    return ""


def _host(url: str) -> tuple[str, str]:
    parts = urlsplit(url or "")
    return parts.scheme, parts.netloc.lower()


def _checked(given: dict[str, Any]) -> dict[str, Any]:
    key = given["public_key"].strip().lower()
    if not re.fullmatch("[0-9a-f]{64}", key):
        raise refuse("public_key", "invalid", _("公钥应为 64 位十六进制数。"))
    if given.get("url"):
        check_address(given["url"])
    kinds = [slug for slug in KINDS if slug in given["kinds"]]
    return {name: given.get(name) for name in FIELDS} | {"public_key": key, "kinds": kinds}


def partner_of(authorization: str) -> Partner:
    """Return the partner that an Authorization header stands for. Raises NotPermitted."""
    scheme, _blank, token = authorization.partition(" ")
    found = Partner.objects.filter(token_digest=digest_of_secret(token), is_active=True).first() if token else None
    if scheme.lower() != "bearer" or found is None:
        raise NotPermitted(_("令牌无效。"), code="unknown-token")
    return found


@transaction.atomic
def answer(
    actor: User,
    paper: ForeignRecord,
    *,
    department: Department,
    text: str,
    signer: str,
    signed_on: date,
    number: str = "",
) -> Reply:
    """Answer a paper of another instance; it goes out at once where that instance can be reached.

    The same form sent twice is one answer: it can never be taken back.
    """
    require_keeper(actor)
    paper = ForeignRecord.objects.select_for_update(of=("self",)).select_related("partner").get(pk=paper.pk)
    if paper.kind != "papers" or paper.withdrawn_at is not None:
        raise BadInput(_("只能答复仍在对方数据包里的议案和建议。"), code="not-a-paper")
    if signed_on > timezone.localdate():
        raise refuse("signed_on", "invalid", _("签发日期不能晚于今天。"))
    said = {"department": department, "text": text, "signer": signer, "signed_on": signed_on, "number": number}
    if known := paper.replies.filter(**said).first():
        return known
    reply = Reply.objects.create(paper=paper, actor=actor, **said)
    audit.record(actor, "foreign-paper-answered", reply, paper=paper.identifier)
    push_soon(paper.partner)
    return reply


def push_soon(partner: Partner) -> None:
    """Queue a push; it goes with the caller's transaction."""
    if partner.url and partner.is_active:
        enqueue(PUSH_TO, partner.pk, lane=Lane.MAIL)
