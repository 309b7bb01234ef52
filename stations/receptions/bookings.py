"""Bookings of places at a reception, made and cancelled without an account."""

import re
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from accounts import rules
from geokit.digests import digest_of_secret
from geokit.refusal import BadInput, FieldError, NotPermitted
from stations.receptions.models import MAX_PEOPLE, Booking, Reception, ReceptionEvent
from stations.receptions.queries import seats_taken
from stations.receptions.table import TABLE
from stations.receptions.workflow import record_event
from ui.text.width import half_width

TOKEN_BYTES = 24
PHONE = re.compile(r"\+?[0-9]{7,15}")


class FullyBooked(BadInput):
    """Fewer places are left than were asked for."""

    default_code = "full"


@transaction.atomic
def book(
    reception_id: int, *, name: str, phone: str, people: int = 1, topic: str = "", now: datetime | None = None
) -> tuple[Booking, str]:
    """Book places; return the booking and the token of its private link, of which only the hash is stored.

    Raises NotPermitted (no bookings, begun, cancelled), FullyBooked, BadInput. The row lock prevents overbooking.
    """
    now = now or timezone.now()
    reception = Reception.objects.select_for_update().get(pk=reception_id)
    _check_open(reception, now)
    digits = _validated_phone(name, phone, people, topic)
    left = reception.capacity - seats_taken(reception)
    if people > left:
        message = gettext("名额不够：还可预约 %d 人。") % left if left else gettext("已约满，请看其他接待日。")
        raise FullyBooked(message, errors=[FieldError("people", "full", message)])
    if reception.bookings.filter(phone=digits, cancelled_at=None).exists():
        message = gettext("这个电话已经预约过这次接待。")
        raise BadInput(message, code="already-booked", errors=[FieldError("phone", "already-booked", message)])
    token = secrets.token_urlsafe(TOKEN_BYTES)
    booking = Booking.objects.create(
        reception=reception,
        token_hash=digest_of_secret(token),
        name=name.strip(),
        phone=digits,
        people=people,
        topic=topic.strip(),
        created_at=now,
    )
    record_event(reception, ReceptionEvent.Verb.BOOKED, None, now, booking=booking.pk, people=people)
    return booking, token


def find_booking(token: str) -> Booking | None:
    """Return the booking of a private link, or None."""
    return Booking.objects.filter(token_hash=digest_of_secret(token)).select_related("reception__station__area").first()


@transaction.atomic
def cancel_booking(token: str, now: datetime | None = None) -> Booking:
    """Cancel a booking before the reception begins. A second time changes nothing. Raises NotPermitted."""
    now = now or timezone.now()
    found = Booking.objects.select_for_update(of=("self",)).select_related("reception")
    booking = found.get(token_hash=digest_of_secret(token))
    if booking.cancelled_at:
        return booking
    if booking.reception.starts_at <= now:
        raise NotPermitted(gettext("接待已经开始，预约不能再取消。"), code="not-now")
    booking.cancelled_at = now
    booking.save(update_fields=["cancelled_at"])
    record_event(booking.reception, ReceptionEvent.Verb.UNBOOKED, None, now, booking=booking.pk, people=booking.people)
    return booking


def erase_personal_data(now: datetime | None = None) -> int:
    """Erase names, telephones and topics so long after the reception as the rule says; return how many."""
    now = now or timezone.now()
    over = now - timedelta(days=rules.value("stations.booking_keep_days"))
    old = Booking.objects.filter(forgotten_at=None, reception__ends_at__lt=over)
    return old.update(name="", phone="", topic="", forgotten_at=now)


def _check_open(reception: Reception, now: datetime) -> None:
    if reception.status not in TABLE.in_group("to_be_held") or reception.starts_at <= now:
        raise NotPermitted(gettext("这次接待已开始、已登记或已取消，不再接受预约。"), code="closed")
    if not reception.capacity:
        raise NotPermitted(gettext("这次接待不用预约，届时直接到场。"), code="no-booking")


def _validated_phone(name: str, phone: str, people: int, topic: str) -> str:
    """Validate a booking; return the telephone number without separators. Raises BadInput."""
    digits = re.sub(r"[\s\-()]", "", half_width(phone))  # Chinese keyboards write full width
    errors = []
    if not name.strip():
        errors.append(FieldError("name", "required", gettext("请填写怎么称呼您。")))
    if not PHONE.fullmatch(digits):
        errors.append(FieldError("phone", "bad-phone", gettext("请填写可以联系到您的电话，例如 13800000000。")))
    if not 1 <= people <= MAX_PEOPLE:
        errors.append(FieldError("people", "too-many", gettext("一次可预约 1 到 %d 人。") % MAX_PEOPLE))
    for field, value, limit in (("name", name, 40), ("topic", topic, 200)):
        if len(value.strip()) > limit:
            errors.append(FieldError(field, "too-long", gettext("不超过 %d 字。") % limit))
    if errors:
        raise BadInput(errors[0].message, errors=errors)
    return digits
