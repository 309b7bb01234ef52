"""Writing notices. Each event is told once to each reader: the database holds that, however often it is told here."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from accounts.notices import links
from accounts.notices.channels import CHANNELS
from accounts.notices.models import CONFIRM_KIND, MAIL, ROBOT, Address, Delivery, Notice
from accounts.notices.wake import wake_delivery
from geokit.refusal import BadInput


@transaction.atomic
def notify(
    recipients: Iterable[Any], kind: str, title: Any, body: Any = "", url: str = "", *, key: str, to_groups: bool = True
) -> int:
    """Tell each of `recipients` (users) once; return how many had not been told. Part of the caller's transaction.

    `kind` begins with a topic and a hyphen (`matter-assigned`). `key` names the event, so that telling it again does
    nothing (`matter:2026-00017:overdue:1`). `url` is an address of this site. Lazy texts are written in the site's
    own language, whatever language the actor reads. What concerns the recipients as deputies, and not for their office,
    goes without `to_groups`: an officer's or a clerk's group is none of a deputy's. Raises BadInput for a foreign
    address.
    """
    people = {person.pk: person for person in recipients if person.is_active and not person.is_service}
    told = set(Notice.objects.filter(key=key, recipient__in=people).values_list("recipient_id", flat=True))
    new = [pk for pk in people if pk not in told]
    if not new:
        return 0
    text = _text(kind, title, body, url, key)
    Notice.objects.bulk_create([Notice(recipient_id=pk, **text) for pk in new], ignore_conflicts=True)
    notices = list(Notice.objects.filter(key=key, recipient__in=new))
    channels = [channel for channel in CHANNELS.values() if to_groups or channel.name != ROBOT]
    _queue([delivery for channel in channels for delivery in channel.plan(notices, people)])
    return len(notices)


@transaction.atomic
def notify_address(email: str, kind: str, title: Any, body: Any = "", url: str = "", *, key: str) -> bool:
    """Tell an address without an account; False when it was told before or wants no mail.

    An address that has not confirmed is asked to, once a day at most, and its notices wait until it has.
    """
    address, _new = Address.objects.get_or_create(email=email.strip().lower())
    if address.unsubscribed_at is not None:
        return False
    if address.confirmed_at is None:
        ask_to_confirm(address)
    return _write_to(address, _text(kind, title, body, url, key))


def ask_to_confirm(address: Address) -> bool:
    """Ask the owner of the mailbox whether she wants our mail; at most once a day, whoever types her address."""
    today = timezone.localdate()
    body = _("有人在本站填写了这个邮箱，用来接收通知。如果是您，请在七天内打开下面的页面确认；如果不是，请不必理会。")
    text = _text(CONFIRM_KIND, _("请确认您的邮箱"), body, links.confirm_path(address), f"confirm:{today}")
    Address.objects.filter(pk=address.pk).update(asked_at=timezone.now())
    return _write_to(address, text)


@transaction.atomic
def ask_address(email: str, title: Any, body: Any, url: str, *, key: str) -> bool:
    """Send the owner of a mailbox a question of another room, answered on the page `url`; False when asked before.

    It goes out even to an address that has not confirmed, so `key` and the caller see to it that nobody is pestered.
    """
    address, _new = Address.objects.get_or_create(email=email.strip().lower())
    return _write_to(address, _text(CONFIRM_KIND, title, body, url, key))


def confirm(address: Address) -> None:
    """The mailbox's owner says yes; what has waited goes out."""
    Address.objects.filter(pk=address.pk).update(confirmed_at=timezone.now(), unsubscribed_at=None)
    wake_delivery()


def unsubscribe(address: Address) -> None:
    """The mailbox's owner wants no more; what waits is dropped with it."""
    Address.objects.filter(pk=address.pk).update(unsubscribed_at=timezone.now())
    Delivery.objects.filter(notice__address=address, state=Delivery.State.WAITING).delete()


def _write_to(address: Address, text: dict[str, Any]) -> bool:
    notice, new = Notice.objects.get_or_create(address=address, key=text["key"], defaults=text)
    if new:
        _queue([Delivery(notice=notice, channel=MAIL, key=notice.key, not_before=notice.at)])
    return new


def _text(kind: str, title: Any, body: Any, url: str, key: str) -> dict[str, Any]:
    if url and (not url.startswith("/") or url.startswith("//") or "\\" in url):
        raise BadInput("A notice leads to a page of this site.", code="foreign-address")
    with translation.override(settings.LANGUAGE_CODE):
        words = " ".join(str(title).split())[:160]
        return {"kind": kind, "key": key, "title": words, "body": str(body), "url": url, "at": timezone.now()}


def _queue(deliveries: list[Delivery]) -> None:
    """Write the deliveries and wake the worker, in this transaction: neither is there without the other."""
    if deliveries:
        Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)
        wake_delivery()


def blot_out(keys: Iterable[str], sentence: str) -> int:
    """Put `sentence` in place of the words of every notice of these events: an erasure. How many there were."""
    return Notice.objects.filter(key__in=list(keys)).update(title=sentence, body="")


def forget_address(email: str) -> bool:
    """Delete an address without an account, with its notices, unless something else still leads to it."""
    try:
        with transaction.atomic():
            return bool(Address.objects.filter(email=email.strip().lower()).delete()[0])
    except ProtectedError:
        return False
