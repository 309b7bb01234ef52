"""Places at a reception, booked and given back without an account."""

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from geokit.refusal import BadInput, FieldError, NotPermitted
from stations.receptions.models import MOST_PEOPLE, Booking, Reception, ReceptionEvent
from stations.receptions.queries import seats_taken
from stations.receptions.services import note

TOKEN_BYTES = 24
PHONE = re.compile(r"\+?\d{7,15}")


class Full(BadInput):
    """There are not so many places left."""

    default_code = "full"


@transaction.atomic
def book(
    reception_id: int, *, name: str, phone: str, people: int = 1, topic: str = "", now: datetime | None = None
) -> tuple[Booking, str]:
    """Book places; return the booking and the token of its private link, which is kept nowhere.

    Raises NotPermitted (no bookings, begun, cancelled), Full, BadInput. The row lock makes the last place one person's.
    """
    now = now or timezone.now()
    reception = Reception.objects.select_for_update().get(pk=reception_id)
    _check_open(reception, now)
    digits = _checked(name, phone, people, topic)
    left = reception.capacity - seats_taken(reception)
    if people > left:
        message = gettext("名额不够：还可预约 %d 人。") % left if left else gettext("已约满，请看其他接待日。")
        raise Full(message, errors=[FieldError("people", "full", message)])
    if reception.bookings.filter(phone=digits, cancelled_at=None).exists():
        message = gettext("这个电话已经预约过这次接待。")
        raise BadInput(message, code="already-booked", errors=[FieldError("phone", "already-booked", message)])
    token = secrets.token_urlsafe(TOKEN_BYTES)
    booking = Booking.objects.create(
        reception=reception,
        token_hash=hash_of(token),
        name=name.strip(),
        phone=digits,
        people=people,
        topic=topic.strip(),
        created_at=now,
    )
    note(reception, ReceptionEvent.Verb.BOOKED, None, now, booking=booking.pk, people=people)
    return booking, token


def find_booking(token: str) -> Booking | None:
    """Return the booking of a private link; None for a guess."""
    return Booking.objects.filter(token_hash=hash_of(token)).select_related("reception__station__area").first()


@transaction.atomic
def cancel_booking(token: str, now: datetime | None = None) -> Booking:
    """Give the places back, until the reception begins. Twice is once. Raises NotPermitted."""
    now = now or timezone.now()
    found = Booking.objects.select_for_update(of=("self",)).select_related("reception")
    booking = found.get(token_hash=hash_of(token))
    if booking.cancelled_at:
        return booking
    if booking.reception.starts_at <= now:
        raise NotPermitted(gettext("接待已经开始，预约不能再取消。"), code="not-now")
    booking.cancelled_at = now
    booking.save(update_fields=["cancelled_at"])
    note(booking.reception, ReceptionEvent.Verb.UNBOOKED, None, now, booking=booking.pk, people=booking.people)
    return booking


def forget_bookings(now: datetime | None = None) -> int:
    """Wipe names, telephones and topics some time after the reception (`settings.STATIONS`); return how many."""
    now = now or timezone.now()
    over = now - timedelta(days=settings.STATIONS["booking_keep_days"])
    old = Booking.objects.filter(forgotten_at=None, reception__ends_at__lt=over)
    return old.update(name="", phone="", topic="", forgotten_at=now)


def hash_of(token: str) -> str:
    """Return what is kept of a token: it has 192 random bits, so a plain digest tells nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


def _check_open(reception: Reception, now: datetime) -> None:
    if reception.status != Reception.Status.ANNOUNCED or reception.starts_at <= now:
        raise NotPermitted(gettext("这次接待已开始、已登记或已取消，不再接受预约。"), code="closed")
    if not reception.capacity:
        raise NotPermitted(gettext("这次接待不用预约，届时直接到场。"), code="no-booking")


def _checked(name: str, phone: str, people: int, topic: str) -> str:
    """Refuse what cannot be; return the telephone number without what people put between its digits."""
    digits = re.sub(r"[\s\-()]", "", phone)
    errors = []
    if not name.strip():
        errors.append(FieldError("name", "required", gettext("请填写怎么称呼您。")))
    if not PHONE.fullmatch(digits):
        errors.append(FieldError("phone", "bad-phone", gettext("请填写可以联系到您的电话，例如 13800000000。")))
    if not 1 <= people <= MOST_PEOPLE:
        errors.append(FieldError("people", "too-many", gettext("一次可预约 1 到 %d 人。") % MOST_PEOPLE))
    for field, value, limit in (("name", name, 40), ("topic", topic, 200)):
        if len(value.strip()) > limit:
            errors.append(FieldError(field, "too-long", gettext("不超过 %d 字。") % limit))
    if errors:
        raise BadInput(errors[0].message, errors=errors)
    return digits
