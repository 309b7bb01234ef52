"""Writes of voters' messages. Each is one function, one transaction, one event."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile, File
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import rules
from accounts.areas.find import find_areas
from accounts.models import Area
from accounts.permissions import Asker
from geokit.refusal import BadInput, FieldError, NotPermitted, Refusal
from ledger import numbers
from ledger.actors import SITE, Actor
from ledger.steps.apply import apply
from stations.models import Deputy, Matter
from stations.permissions import deputy_of, may_run
from supervision.findings.intake import clean_photos
from supervision.findings.videos import check_video, store_video
from supervision.kinds.queries import kinds
from supervision.matters.services.filing import files_removed_on_failure
from supervision.public.private_links import digest_of, is_secret
from ui.pictures.photos import CleanPhoto
from voters.codes.addressees import Addressee, can_be_told, deputies_of, station_for
from voters.line.contacts import Reach, check_contact, lock_up
from voters.line.models import MAX_TEXT, Message, MessageEvent, MessagePhoto, MessageVideo
from voters.line.notices import confirm_receipt, send_link, tell_readers, tell_voter
from voters.line.permissions import Voter
from voters.line.table import Status, Verb
from voters.line.workflow import MESSAGES, record

MAX_ADDRESS = 120
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Written:
    """What a voter typed, as it came."""

    text: str
    kind: str = ""
    address: str = ""
    reach: str = Reach.NONE
    contact: str = ""


def write(
    to: Addressee, written: Written, *, client_id: UUID, secret: str, photos: Sequence[File | CleanPhoto] = (),
    video: File | None = None, now: datetime | None = None,
) -> Message:  # fmt: skip
    """Take a voter's message: the deputies of the place are told first; without any it is the station's.

    Idempotent by `client_id` and `secret` together, so a phone may send until it hears back.
    Raises BadInput (each field in `errors`), PhotoRefused or VideoRefused.
    """
    _require_secret(secret)
    if known := _known(client_id, secret):
        return known
    contact = _check(written)
    cleaned, looked_at = clean_photos(photos), check_video(video)
    try:
        with files_removed_on_failure() as files, transaction.atomic():
            message = _store(to, written, contact, client_id, secret, now or timezone.now())
            _store_photos(message, cleaned, files)
            if looked_at:
                store_video(MessageVideo(message=message), looked_at, files)
            return message
    except IntegrityError:
        if known := _known(client_id, secret):  # the same message twice at one moment; the other request stored it
            return known
        raise


def _require_secret(secret: str) -> None:
    if not is_secret(secret):
        raise _wrong("secret", "bad-secret", _("查询链接的编号不对，请刷新页面重新填写。"))


def _known(client_id: UUID, secret: str) -> Message | None:
    message = Message.objects.filter(client_id=client_id).first()
    if message is not None and message.token_digest != digest_of(secret):
        raise _wrong("client_id", "client-id-taken", _("这个编号已被使用，请刷新页面重新填写。"))
    return message


def _check(written: Written) -> str:
    """Refuse what is wrong with a message, all at once; return the contact as it is kept."""
    errors: list[FieldError] = []
    if not written.text.strip():
        errors.append(FieldError("text", "required", _("请写明是什么事。")))
    if len(written.text.strip()) > MAX_TEXT:
        errors.append(FieldError("text", "too-long", _("最多 %d 字。") % MAX_TEXT))
    if len(written.address.strip()) > MAX_ADDRESS:
        errors.append(FieldError("address", "too-long", _("地点最多 %d 字。") % MAX_ADDRESS))
    if written.kind and not any(kind.code == written.kind for kind in kinds()):
        errors.append(FieldError("kind", "unknown", _("没有这个种类，请重新选择。")))
    try:
        contact = check_contact(written.reach, written.contact)
    except BadInput as refusal:
        errors += refusal.errors
    if errors:
        raise BadInput(_("填写的内容有 %d 处需要修改。") % len(errors), code="bad-message", errors=errors)
    return contact


def _store(to: Addressee, written: Written, contact: str, client_id: UUID, secret: str, now: datetime) -> Message:
    area = _area_of(to, written.address)
    named = [to.deputy] if to.deputy else [] if to.station and area == to.area else list(deputies_of(None, area))
    deputies = [deputy for deputy in named if can_be_told(deputy)]
    station = to.station or station_for(None, area, None, named)
    message = _new(client_id, secret, written, contact, now) | {
        "code": to.code,
        "area": area,
        "geom": area.point if area is not None and area.level == Area.Level.VILLAGE else None,
        "address": " ".join(part for part in (to.label, written.address.strip()) if part)[:MAX_ADDRESS],
        "station": station,
        "state": Status.NEW if deputies else Status.STATION,
        "due_on": timezone.localdate(now) + timedelta(days=rules.value("voters.answer_days")) if deputies else None,
        "at_station_since": None if deputies else now,
    }
    return _begin(message, deputies, now)


def _area_of(to: Addressee, address: str) -> Area | None:
    """Where it is: what the address names if that is one place, else where the code hangs, else the only village."""
    found = find_areas(None, address) if address.strip() else []
    if len(found) == 1:
        return found[0]
    if to.area is not None or to.deputy is None:
        return to.area
    villages = list(to.deputy.constituency.all()[:2])
    return villages[0] if len(villages) == 1 else None


def _new(client_id: UUID, secret: str, written: Written, contact: str, now: datetime) -> dict[str, Any]:
    return {
        "client_id": client_id,
        "token_digest": digest_of(secret),
        "text": written.text.strip(),
        "kind": written.kind,
        "reach": written.reach,
        "contact": lock_up(contact),
        "created_at": now,
        "expires_at": now + timedelta(days=rules.value("reports.link_days")),
    }


def _begin(columns: dict[str, Any], deputies: Sequence[Deputy], now: datetime, actor: Actor = None) -> Message:
    """Store a message under the next number, write its first event and tell those who act next."""
    message = Message.objects.create(number=_next_number(timezone.localdate(now).year), **columns)
    message.deputies.set(deputies)
    verb = MessageEvent.Verb.SENT if message.state == Status.NEW else MessageEvent.Verb.LEFT
    event = record(message, verb, actor or Voter(message.pk), now)
    tell_readers(message, event)
    confirm_receipt(message)
    return message


def _next_number(year: int) -> str:
    """Return the next free number of the year (``X2026-00017``); held until the transaction ends."""
    return numbers.next_number(Message.objects.all(), f"X{year}-", 5, turn="voters.next_number")


def _store_photos(message: Message, cleaned: Sequence[CleanPhoto], files: list[Any]) -> None:
    for photo in cleaned:
        row = MessagePhoto(message=message, sha256=photo.sha256, width=photo.width, height=photo.height)
        row.file.save(f"{message.client_id}-{photo.sha256[:16]}{photo.suffix}", ContentFile(photo.content), save=False)
        files.append(row.file)
        row.save()


def act(actor: Actor, pk: int, verb: str, *, version: int, text: str = "") -> Message:
    """Answer, hand over, raise or dismiss. Raises as every step does."""
    return apply(MESSAGES, actor, pk, verb, version, {"text": text}).message


def say_more(message: Message, *, text: str) -> None:
    """Add what the voter says; the same words again are the same message sent again."""
    last = message.events.order_by("-at", "-pk").first()
    if last is not None and last.verb == MessageEvent.Verb.SAID and last.text == text.strip():
        return
    apply(MESSAGES, Voter(message.pk), message.pk, Verb.SAY, None, {"text": text})


def rate(message: Message, *, version: int, rating: str, text: str = "") -> Message:
    """Rate the answer; who is not satisfied may send it back instead (`reopen`)."""
    return apply(MESSAGES, Voter(message.pk), message.pk, Verb.RATE, version, {"rating": rating, "text": text}).message


def reopen(message: Message, *, version: int, text: str) -> Message:
    """Send the answer back to the station, once."""
    return apply(MESSAGES, Voter(message.pk), message.pk, Verb.REOPEN, version, {"text": text}).message


def send_again(message: Message, email: str) -> None:
    """Send the private link to the voter's mailbox, once a day to each; it asks for a yes first."""
    if not email.strip():
        raise _wrong("email", "required", _("请填写电子邮箱。"))
    email = check_contact(Reach.EMAIL, email)
    send_link(message, email, f"voter-link:{message.pk}:{timezone.localdate()}:{digest_of(email)[:12]}")


@transaction.atomic
def reissue(actor: Actor, pk: int, secret: str) -> Message:
    """Give a new private link, for a voter who comes in person; those before open nothing any more.

    Who left a mail address gets her new link there too, and so learns of it.
    """
    event = apply(MESSAGES, actor, pk, Verb.REISSUE)
    message = event.message
    message.token_digest = digest_of(secret)
    message.expires_at = timezone.now() + timedelta(days=rules.value("reports.link_days"))
    message.save(update_fields=["token_digest", "expires_at"])
    tell_voter(message, event)
    return message


@transaction.atomic
def take_at_reception(actor: Asker, matter_id: int, written: Written, *, client_id: UUID, secret: str) -> Message:
    """Give a visitor of a reception a number and a private link for her matter, which the station has already.

    By who runs the station or a deputy who received there; once for each matter. Raises NotPermitted, BadInput.
    """
    rows = Matter.objects.select_for_update(of=("self",)).select_related("reception__station__area")
    matter = rows.filter(pk=matter_id).first()
    if matter is None or not _receives(actor, matter):
        raise NotPermitted(_("回执由接待代表和联络站工作人员出具。"))
    _require_secret(secret)
    if hasattr(matter, "voter_message"):
        raise BadInput(_("这件事项已经出具过回执，可以在来信页面重新出具。"), code="slip-given")
    contact = check_contact(written.reach, written.contact)
    now, station = timezone.now(), matter.reception.station
    columns = _new(client_id, secret, Written(matter.text, reach=written.reach), contact, now) | {
        "received_as": matter,
        "area": station.area,
        "station": station,
        "state": Status.STATION,
        "at_station_since": now,
    }
    message = _begin(columns, list(matter.reception.deputies.all()), now, actor)
    if matter.answer:
        apply(MESSAGES, SITE, message.pk, Verb.RELAY, None, {"text": matter.answer})
    return message


def reception_matter(matter_id: int) -> Matter | None:
    """Return what was written down at a reception."""
    return Matter.objects.select_related("reception__station").filter(pk=matter_id).first()


def may_take(actor: Asker, matter_id: int) -> bool:
    """Tell whether `actor` hands the visitor a slip for a matter."""
    matter = reception_matter(matter_id)
    return matter is not None and _receives(actor, matter)


def _receives(actor: Asker, matter: Matter) -> bool:
    own = deputy_of(actor)
    receives = own is not None and matter.reception.deputies.filter(pk=own.pk).exists()
    return receives or may_run(actor, matter.reception.station)


def hand_over_late(now: datetime | None = None) -> list[Message]:
    """Give the station what no deputy answered in time; and forget contacts whose link has ended.

    One by one: what is answered or taken up just then is refused, and keeps none of the others.
    """
    now = now or timezone.now()
    Message.objects.filter(expires_at__lt=now).exclude(contact="").update(contact="")
    late = Message.objects.filter(state=Status.NEW, due_on__lt=timezone.localdate(now)).values_list("pk", flat=True)
    return [message for pk in late if (message := _handed_over(pk, now)) is not None]


def _handed_over(pk: int, now: datetime) -> Message | None:
    try:
        return apply(MESSAGES, SITE, pk, Verb.FALL_DUE, at=now).message
    except Refusal as refusal:
        log.info("message %s is not handed over: %s", pk, refusal)
        return None


def _wrong(field: str, code: str, message: str) -> BadInput:
    return BadInput(message, code="bad-message", errors=[FieldError(field, code, message)])
