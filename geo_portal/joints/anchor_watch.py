"""Anchors that do not arrive: the district's staff and the administrators are told once, and again when they arrive."""

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Notice, Role, User
from accounts.notices import notify
from accounts.permissions import district_staff
from ledger.anchors import delivery as deliveries
from ledger.models import Delivery

KIND = "chain-anchors"


def listen() -> None:
    deliveries.not_reached.connect(tell_of_failure, dispatch_uid="anchor-watch:failure")
    deliveries.reached_again.connect(tell_of_recovery, dispatch_uid="anchor-watch:recovery")


def tell_of_failure(delivery: Delivery, since: Delivery, **kwargs: Any) -> None:
    """One notice for each person and outage, however many anchors it holds up."""
    people = User.objects.filter(district_staff() | Q(role=Role.ADMIN), is_active=True)
    title = format_lazy(_("证据链锚定多次没有送达：{place}"), place=delivery.get_channel_display())
    body = format_lazy(_("去向 {target}。最近一次的结果：{said}"), target=delivery.target, said=delivery.said)
    notify(people, KIND, title, body, reverse("chain_state"), key=_key("failed", since))


def tell_of_recovery(delivery: Delivery, since: Delivery, **kwargs: Any) -> None:
    """Whoever was told of the outage is told that it is over; the notice of it is done with."""
    told = Notice.objects.filter(key=_key("failed", since))
    people = User.objects.filter(notices__in=told)
    told.filter(read_at=None).update(read_at=timezone.now())
    title = format_lazy(_("证据链锚定恢复送达：{place}"), place=delivery.get_channel_display())
    notify(people, KIND, title, delivery.target, reverse("chain_state"), key=_key("arrived", since))


def _key(what: str, since: Delivery) -> str:
    return f"anchor-{what}:{since.pk}"
