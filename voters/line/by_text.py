"""A private link sent again by text message, to a voter who left her telephone.

Whoever asks gets the same answer at the same pace: whether number and telephone belong together is found out by a job,
which is handed a keyed digest of the telephone and never the telephone. A text message takes no address as a value, so
the link is a code of ten letters behind the site's own address: good for two days, kept nowhere.
"""

import base64
import hashlib
import hmac
import logging
import re
from datetime import date, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from accounts.notices import text_messages
from accounts.notices.channels import NotDelivered
from accounts.notices.channels.base import NeverDelivered
from accounts.rate_limits import Limit, address_of, digest_of, network_of, spend
from geokit.refusal import BadInput, TooMany, refuse
from jobs.calls import Later
from jobs.lanes import Lane
from jobs.queue import enqueue
from voters.line.contacts import Reach, open_up
from voters.line.models import Message
from voters.line.private_links import number_in_mail

log = logging.getLogger(__name__)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BY_ADDRESS, BY_NETWORK = Limit("voter-lost", 6, HOUR), Limit("voter-lost-network", 40, HOUR)
BY_BOTH, BY_NUMBER = Limit("voter-lost-both", 4, DAY), Limit("voter-lost-number", 40, DAY)
"""Numbers are printed on slips: who does not know the telephone too cannot use up what its voter may ask."""
TO_PHONE = Limit("voter-text-to", 2, DAY)
"""Links that one telephone is sent, whoever asks; `text_messages` counts those of the whole site."""
TRIES = Limit("voter-text-tries", 3, DAY)
"""Of one request: what the provider says it could not send may have been sent all the same."""
TRIED_FOR = HOUR
SEND = "voters.line.by_text.send"
NUMBER = re.compile(r"X[0-9]{4}-[0-9]{5,6}")
CODE = re.compile(r"([1-9][0-9]{0,17})-([a-z2-7]{10})")


def ask(request: HttpRequest, number: str, phone: str) -> None:
    """Have the link sent if it all fits; says nothing of whether it does. Raises TooMany, BadInput for what is none."""
    address = address_of(request)
    spend(BY_ADDRESS, address)
    spend(BY_NETWORK, network_of(address))
    number = number.strip().upper()
    if not NUMBER.fullmatch(number):
        raise refuse("number", "invalid", _("编号形如 X2026-00017。"))
    try:
        phone = text_messages.clean_phone(phone)
    except BadInput as refusal:
        raise refuse("phone", "invalid", str(refusal)) from refusal
    digest = digest_of(phone)
    spend(BY_BOTH, f"{number}>{digest}")
    spend(BY_NUMBER, number)
    enqueue(SEND, number, digest, timezone.now().isoformat(), lane=Lane.MAIL)


def send(number: str, digest: str, asked_at: str) -> bool:
    """Send the link if the digest is that of the telephone that was left; tell whether it went out. A job.

    What does not get through is tried again twice within an hour. Every try is counted before it is made, in one
    statement, so that no other worker gets by and nothing that went out stays uncounted.
    """
    message = Message.objects.filter(number=number, reach=Reach.PHONE, expires_at__gt=timezone.now()).first()
    phone = _phone_of(message)
    if message is None or not phone or not constant_time_compare(digest_of(phone), digest):
        return False
    if not (tried := _spent(phone, f"{number}>{digest}>{asked_at}")):
        return False
    try:
        values = {"number": message.number, "code": code_of(message, timezone.localdate())}
        text_messages.send_text(phone, "link", _("来信 %s 的查询链接") % message.number, values)
    except NeverDelivered as error:
        log.warning("a voter's link was refused: %s", error)
        return False
    except (NotDelivered, OSError) as error:
        if tried >= TRIES.most or timezone.now() - datetime.fromisoformat(asked_at) > TRIED_FOR:
            log.warning("a voter's link was not sent: %s", type(error).__name__)
            return False
        raise Later(timedelta(minutes=3)) from error
    return True


def _spent(phone: str, request: str) -> int:
    """Count one try and return how many that makes of its request; 0 where no more may go out."""
    try:
        tried = spend(TRIES, request)
        if tried == 1:
            spend(TO_PHONE, phone)
        text_messages.spend_of_site()
    except TooMany:
        return 0
    return tried


def _phone_of(message: Message | None) -> str:
    try:
        return text_messages.clean_phone(open_up(message.contact)) if message is not None else ""
    except BadInput:  # a fixed line, or one abroad
        return ""


def code_of(message: Message, on: date) -> str:
    """Return what opens a message when it is asked for on that day or the next, until the voter gets a new slip.

    Its key and fifty bits of a MAC.
    """
    text = f"voters.by_text:{number_in_mail(message)}:{on.isoformat()}".encode()
    made = hmac.new(str(settings.SECRET_KEY).encode(), text, hashlib.sha256).digest()
    return f"{message.pk}-{base64.b32encode(made).decode().lower()[:10]}"


def find_by_text(code: str) -> Message | None:
    """Return what a code out of a text message opens; None for a guess, an old one, and after the link's end."""
    parts = CODE.fullmatch(code)
    if parts is None:
        return None
    message = Message.objects.filter(pk=int(parts[1]), expires_at__gt=timezone.now()).first()
    if message is None:
        return None
    days = [timezone.localdate() - timedelta(days=ago) for ago in (0, 1)]
    return message if any(constant_time_compare(code_of(message, day), code) for day in days) else None
