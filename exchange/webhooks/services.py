"""Writes about webhooks: made, tried, given another secret, ended."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.notices.channels.robots.messages import check_address
from accounts.notices.channels.standard_webhooks import new_secret
from exchange.webhooks.models import Call, Endpoint, Subject
from exchange.webhooks.permissions import endpoints_of, endpoints_visible_to, may_have_webhooks
from geokit.refusal import BadInput, Busy, FieldError, NotPermitted, refuse
from jobs.lanes import Lane
from jobs.queue import enqueue
from ledger import audit

CALL = "exchange.jobs.call_webhooks"
MOST = 5
"""Active ones of one person."""
BOTH_SIGN_FOR = timedelta(hours=24)
PRESSED_TWICE = timedelta(minutes=1)
TESTS_AT_ONCE = 3
LONGEST_ADDRESS = 500


@transaction.atomic
def make_endpoint(actor: User, *, name: str, url: str, subjects: Iterable[str]) -> Endpoint:
    """Have an address called for `actor`; its secret is shown this once. Raises NotPermitted, BadInput."""
    if not may_have_webhooks(actor):
        raise NotPermitted(_("变化通知由人大工作人员、GIS 人员和管理员设置。"))
    chosen = [each.value for each in Subject if each in set(subjects)]
    _check(actor, name, url, chosen)
    endpoint = Endpoint.objects.create(
        maker=actor,
        maker_role=actor.role,
        maker_area=actor.area,
        name=name.strip(),
        url=url,
        secret=new_secret(),
        subjects=chosen,
    )
    audit.record(actor, "webhook-made", endpoint, subjects=chosen)
    return endpoint


def _check(actor: User, name: str, url: str, subjects: list[str]) -> None:
    if not name.strip():
        raise refuse("name", "missing", _("请写明是哪个系统。"))
    if not subjects:
        raise refuse("subjects", "missing", _("请至少选一种变化。"))
    is_written_right = url.isascii() and url.isprintable() and " " not in url and url.startswith("https://")
    if not is_written_right or len(url) > LONGEST_ADDRESS:
        raise refuse("url", "invalid", _("这不是一个网址。"))
    check_address(url)
    User.objects.select_for_update().get(pk=actor.pk)  # so that two forms at once do not both count to less
    if endpoints_of(actor).filter(is_active=True).count() >= MOST:
        message = _("一个人最多 %s 个，请先停用不用的。") % MOST
        raise BadInput(message, code="too-many", errors=[FieldError("name", "too-many", message)])


@transaction.atomic
def change_secret(actor: User, pk: int) -> Endpoint:
    """Make another secret, shown this once. For a day the former one signs too.

    Pressed twice, the former one is still that which the other side has: nobody has seen the one in between.
    """
    endpoint, now = _own(actor, pk), timezone.now()
    since = endpoint.former_until and endpoint.former_until - BOTH_SIGN_FOR
    if since is None or now - since > PRESSED_TWICE:
        endpoint.former_secret = endpoint.secret
    endpoint.former_until = now + BOTH_SIGN_FOR
    endpoint.secret = new_secret()
    endpoint.save(update_fields=["secret", "former_secret", "former_until"])
    audit.record(actor, "webhook-secret-changed", endpoint)
    return endpoint


@transaction.atomic
def try_endpoint(actor: User, pk: int) -> Call:
    """Queue a message that says only that it works. Raises Busy where some wait already."""
    endpoint = _own(actor, pk)
    if endpoint.calls.filter(subject="", state=Call.State.WAITING).count() >= TESTS_AT_ONCE:
        raise Busy(_("已有测试消息在排队，请稍后看结果。"))
    call = endpoint.calls.create()
    Endpoint.objects.filter(pk=endpoint.pk).update(next_at=None)
    enqueue(CALL, lane=Lane.MAIL)
    return call


@transaction.atomic
def end_endpoint(actor: User, pk: int) -> None:
    """Call it no more; an administrator ends anybody's. A second time changes nothing. Raises NotPermitted."""
    endpoint = endpoints_visible_to(actor).select_for_update(of=("self",)).filter(pk=pk).first()
    if endpoint is None:
        raise NotPermitted(_("没有这个变化通知。"))
    if endpoint.is_active:
        switch_off(endpoint, "ended", actor)


@transaction.atomic
def switch_off(endpoint: Endpoint, why: str, actor: Any) -> None:
    """End it and what waits for it; part of whoever says why: `ended`, `maker`, `failing`, `gone`."""
    Endpoint.objects.filter(pk=endpoint.pk).update(is_active=False, ended_because=why)
    endpoint.calls.filter(state=Call.State.WAITING).update(state=Call.State.GIVEN_UP)
    audit.record(actor, "webhook-ended", endpoint, because=why)


def _own(actor: User, pk: int) -> Endpoint:
    endpoint = endpoints_of(actor).select_for_update(of=("self",)).filter(pk=pk, is_active=True).first()
    if endpoint is None:
        raise NotPermitted(_("没有这个变化通知，或者它已停用。"))
    return endpoint
