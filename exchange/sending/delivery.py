"""Bring what changed to the partners: the whole content each time, so that nothing is lost while one of them is down.

What the other side already has is known by the digest of the content. A push that fails is tried again after 1, 2, 4 …
minutes, at most every six hours, for as long as the partner is active.
"""

import json
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from exchange.packages.container import MOST_BYTES
from exchange.register.addresses import check_address
from exchange.register.models import Partner
from exchange.sending.services import export_package
from geokit.refusal import BadInput, Refusal
from jobs.waits import wait_after
from ledger import audit
from ledger.actors import SITE
from ledger.anchors.channels.http import NotDelivered, ask
from ledger.locks import hold_for_work

FIRST_WAIT = timedelta(minutes=1)
LOOKED_AT_AGAIN = timedelta(hours=1)
"""When a partner that has everything is looked at again; an answer of ours does not wait for that."""
LOCK = "exchange.push"
CONTENT_TYPE = "application/zip"


def push_due() -> dict[str, str]:
    """Push to every active partner with an address whose next attempt has come; what became of it, by origin."""
    due = Partner.objects.filter(Q(next_at=None) | Q(next_at__lte=timezone.now()), is_active=True).exclude(url="")
    return {partner.origin: push(partner.pk) for partner in due}


def push(pk: int) -> str:
    """Push to one partner if anything changed since what it has; returns ``sent``, ``unchanged``, or why not."""
    with hold_for_work(LOCK, pk) as held:
        if not held:
            return "under way"
        partner = Partner.objects.filter(pk=pk, is_active=True).exclude(url="").first()
        if partner is None:
            return "not active"
        try:
            return _push(partner)
        except (NotDelivered, Refusal, OSError) as error:
            said = error.message if isinstance(error, Refusal) else str(error)
            return _failed(partner, said)


def _push(partner: Partner) -> str:
    check_address(partner.url)
    with TemporaryDirectory(prefix="exchange-") as folder:
        path = Path(folder) / "package.zip"
        written = export_package(path, to=partner.origin)
        if written.digest == partner.sent_digest:
            return _unchanged(partner, written.lacking)
        # Before the attempt: what arrived may have no receipt.
        audit.record(SITE, "package-exported", partner, internal=partner.is_internal, digest=written.digest)
        if path.stat().st_size > MOST_BYTES:
            raise BadInput(_("数据包太大，不能推送。"), code="package-too-large")
        _post(partner, path.read_bytes())
    now = timezone.now()
    _as_agreed(partner).update(
        sent_digest=written.digest, sent_at=now, attempts=0, said=written.lacking[:300], next_at=None
    )
    return "sent"


def _unchanged(partner: Partner, lacking: str) -> str:
    """The other side has all of it: to find that out took a whole package, so the next look waits."""
    next_at = timezone.now() + LOOKED_AT_AGAIN
    _as_agreed(partner).update(attempts=0, said=lacking[:300], next_at=next_at)
    return "unchanged"


def _as_agreed(partner: Partner) -> QuerySet[Partner]:
    """Match the partner unless it was changed meanwhile: to another address, or with other contents, all goes anew."""
    return Partner.objects.filter(pk=partner.pk, version=partner.version)


def _post(partner: Partner, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {partner.secret}", "Content-Type": CONTENT_TYPE, "Accept": "application/json"}
    answer = ask(partner.url, body, headers)
    try:
        said: Any = json.loads(answer)
    except ValueError as error:
        raise BadInput(_("对方的答复不是 JSON，请核对推送地址。"), code="no-receipt") from error
    if not isinstance(said, dict) or said.get("status") != "taken":
        raise BadInput(_("对方没有确认收到，请核对推送地址。"), code="no-receipt")


def _failed(partner: Partner, said: str) -> str:
    wait = wait_after(partner.attempts + 1, FIRST_WAIT)
    _as_agreed(partner).update(
        attempts=F("attempts") + 1, said=said.replace("\0", "")[:300], next_at=timezone.now() + wait
    )
    return said[:300]
