"""What the worker does: queue a call for each change that a maker may see, make the calls, try again, give up.

The maker's rights are asked twice: when a call is queued, and when it is made. What she may not see by then is not
told, and leaves nothing in her log. A call that fails puts its whole address off, for 1, 2, 4 … minutes up to six
hours, so that a dead address costs one attempt a round and the others wait for nobody.
"""

import json
import logging
from collections import defaultdict
from datetime import timedelta
from time import monotonic

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.notices import links
from accounts.notices.channels.robots.messages import check_address
from accounts.notices.channels.standard_webhooks import signed_headers
from accounts.notices.services import notify
from exchange.webhooks.models import Call, ChangeNote, Endpoint, Subject
from exchange.webhooks.permissions import maker_stands
from exchange.webhooks.services import CALL, switch_off
from exchange.webhooks.subjects import KINDS
from geokit.fetching import https
from geokit.refusal import Refusal
from jobs.lanes import Lane
from jobs.queue import enqueue
from jobs.waits import wait_after
from ledger.actors import SITE
from ogc.moments import in_utc

log = logging.getLogger(__name__)

FIRST_PAUSE = timedelta(minutes=1)
GIVEN_UP_AFTER = timedelta(days=5)
"""An address without a good answer for so long is switched off, and its maker told."""
ATTEMPTS = 12
CLAIM = timedelta(minutes=5)
ROUND_SECONDS = 60
"""How long one round keeps the lane; notices go out by it too."""
NOTES_AT_ONCE = 5_000
MOST_WAITING = 20_000
"""Calls that wait for one address; of what changes while so many wait, that address is never told."""
GONE = 410
KEPT = timedelta(days=30)
_TAKE = """
    DELETE FROM exchange_changenote
    WHERE id IN (SELECT id FROM exchange_changenote ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
    RETURNING subject, object_id, is_new
"""


def call_due() -> int:
    """Queue calls for what changed and make those that are due; how many got a good answer."""
    while queue_calls() == NOTES_AT_ONCE:
        pass
    end, made = monotonic() + ROUND_SECONDS, 0
    while monotonic() < end:
        call = _claim()
        if call is None:
            return made
        made += _try(call)
    enqueue(CALL, lane=Lane.MAIL)
    return made


@transaction.atomic
def queue_calls() -> int:
    """Turn notes of changes into calls, one for each address whose maker may see the thing; how many notes."""
    if not ChangeNote.objects.exists():
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [NOTES_AT_ONCE])
        taken = cursor.fetchall()
    changed: dict[str, dict[int, bool]] = defaultdict(dict)
    for subject, pk, is_new in taken:
        changed[subject][pk] = changed[subject].get(pk, False) or is_new
    for endpoint in Endpoint.objects.filter(is_active=True).select_related("maker"):
        if maker_stands(endpoint):
            _queue_for(endpoint, changed)
        else:
            switch_off(endpoint, "maker", SITE)
    return len(taken)


def _queue_for(endpoint: Endpoint, changed: dict[str, dict[int, bool]]) -> None:
    if endpoint.calls.filter(state=Call.State.WAITING).count() >= MOST_WAITING:
        return
    now = timezone.now()
    Call.objects.bulk_create(
        [
            Call(endpoint=endpoint, subject=subject, object_id=pk, is_new=things[pk], at=now, not_before=now)
            for subject, things in changed.items()
            if subject in endpoint.subjects
            for pk in sorted(KINDS[Subject(subject)].visible_ids(endpoint.maker, things))
        ],
        ignore_conflicts=True,
        batch_size=1000,
    )


@transaction.atomic
def _claim() -> Call | None:
    """Take the call that is due, the least often tried first: one thing that the other side refuses stops nothing."""
    now = timezone.now()
    free = Q(endpoint__next_at=None) | Q(endpoint__next_at__lte=now)
    due = Call.objects.filter(free, state=Call.State.WAITING, not_before__lte=now, endpoint__is_active=True)
    locked = due.select_related("endpoint__maker").select_for_update(of=("self",), skip_locked=True)
    call = locked.order_by("attempts", "pk").first()
    if call is not None:
        call.attempts, call.tried_at, call.not_before = call.attempts + 1, now, now + CLAIM
        call.save(update_fields=["attempts", "tried_at", "not_before"])
    return call


def _try(call: Call) -> bool:
    """Make one call, outside of any transaction; whether the answer was good."""
    endpoint = call.endpoint
    if not maker_stands(endpoint):
        switch_off(endpoint, "maker", SITE)
        return False
    body = message_of(call)
    if body is None:
        call.delete()
        return False
    keys = [endpoint.secret]
    if endpoint.former_until is not None and endpoint.former_until > timezone.now():
        keys.append(endpoint.former_secret)
    headers = signed_headers(f"msg_{endpoint.pk}_{call.pk}", timezone.now(), body, keys)
    began = monotonic()
    status, said = _post(endpoint.url, {"Content-Type": "application/json"} | headers, body)
    call.status, call.said, call.took_ms = status, said, int((monotonic() - began) * 1000)
    return _note(call)


def message_of(call: Call) -> bytes | None:
    """Return what is sent: type, identifier, addresses, time. None where the maker may not see the thing now."""
    data: dict[str, str] = {}
    if call.subject:
        found = KINDS[Subject(call.subject)].described(call.endpoint.maker, call.object_id or 0)
        if found is None:
            return None
        data = {"id": found["id"], **{name: links.absolute(found[name]) for name in ("url", "api")}}
    at = in_utc(call.at, "milliseconds")
    return json.dumps({"type": call.type, "timestamp": at, "data": data}, ensure_ascii=False).encode()


def _post(url: str, headers: dict[str, str], body: bytes) -> tuple[int | None, str]:
    """Return status and the beginning of the answer; None for a status where there was none."""
    try:
        check_address(url)
        status, answer = https.post(url, headers, body)
    except Refusal as refusal:
        return None, refusal.message[:200]
    except OSError as error:
        # What lies below a URLError says more than the word itself; neither names the address.
        return None, type(getattr(error, "reason", None) or error).__name__
    return status, " ".join(answer[:800].decode("utf-8", "replace").replace("\0", "").split())[:200]


@transaction.atomic
def _note(call: Call) -> bool:
    """Write down how a call went, and what that means for its address."""
    endpoint = Endpoint.objects.select_for_update(of=("self",)).select_related("maker").get(pk=call.endpoint_id)
    good = call.status is not None and 200 <= call.status < 300
    if good:
        call.state = Call.State.SENT
        Endpoint.objects.filter(pk=endpoint.pk).update(failures=0, failing_since=None, next_at=None)
    else:
        _failed(call, endpoint)
    call.save(update_fields=["state", "status", "said", "took_ms", "not_before"])
    return good


def _failed(call: Call, endpoint: Endpoint) -> None:
    now = timezone.now()
    log.warning("webhook %s, call %s, attempt %s: %s", endpoint.pk, call.pk, call.attempts, call.status or call.said)
    since = endpoint.failing_since or now
    call.not_before = now + pause_after(endpoint.failures + 1)
    endpoint.failures = min(endpoint.failures + 1, 1000)
    told = {"failures": endpoint.failures, "failing_since": since, "next_at": call.not_before}
    Endpoint.objects.filter(pk=endpoint.pk).update(**told)
    if call.attempts >= ATTEMPTS or not endpoint.is_active or not call.subject:
        call.state = Call.State.GIVEN_UP
    if endpoint.is_active and (call.status == GONE or now - since >= GIVEN_UP_AFTER):
        call.state = Call.State.GIVEN_UP
        _give_up(endpoint, "gone" if call.status == GONE else "failing")


def pause_after(failures: int) -> timedelta:
    """How long an address is left alone after so many failures one after the other: 1, 2, 4 … minutes."""
    return wait_after(failures, FIRST_PAUSE)


def _give_up(endpoint: Endpoint, why: str) -> None:
    """Switch an address off that does not answer, and tell who made it."""
    switch_off(endpoint, why, SITE)
    with translation.override(settings.LANGUAGE_CODE):
        title = _("变化通知“%s”已停用") % endpoint.name
        body = _("对方的地址多日没有正常答复，或明确表示不再接收。查明原因后请重新设置。")
    page = reverse("exchange:webhook", args=[endpoint.pk])
    notify([endpoint.maker], "data-webhook-ended", title, body, page, key=f"webhook:{endpoint.pk}:ended")


def forget_old_calls() -> int:
    """Delete calls of more than 30 days ago that wait no longer; how many."""
    over = Call.objects.exclude(state=Call.State.WAITING).filter(at__lt=timezone.now() - KEPT)
    return over.delete()[0]
