"""What the worker does with deliveries: send what is due, try again later what did not get through.

A delivery is claimed under a row lock and the claim is committed before anything is sent, so two workers never send
the same one. A worker that dies between sending and writing that down leaves a claim that runs out; then the message
goes out a second time, with the same Message-ID or webhook-id for the other side to tell.
"""

import logging
from datetime import timedelta
from smtplib import SMTPException

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone, translation

from accounts.notices import links
from accounts.notices.channels import CHANNELS, NotDelivered
from accounts.notices.models import ALWAYS, CONFIRM_KIND, Delivery, Notice
from accounts.notices.quiet import after_quiet
from geokit.refusal import Refusal
from jobs.waits import wait_after

log = logging.getLogger(__name__)

ATTEMPTS = 8
"""With the pauses below the last one is a little over four hours after the first."""
FIRST_PAUSE = timedelta(minutes=2)
CLAIM = timedelta(minutes=10)
MINUTE = timedelta(minutes=1)
State = Delivery.State


def deliver_due() -> int:
    """Send everything that is due now; return how much got through. Safe to run at any time and twice at once."""
    sent = 0
    with translation.override(settings.LANGUAGE_CODE):
        while (delivery := _claim()) is not None:
            sent += _try(delivery)
    return sent


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 2, 4, 8 … minutes."""
    return wait_after(attempts, FIRST_PAUSE)


@transaction.atomic
def _claim() -> Delivery | None:
    now = timezone.now()
    # An address that has not confirmed gets the question to confirm and nothing else.
    may = Q(notice__address=None) | Q(notice__kind=CONFIRM_KIND)
    may |= Q(notice__address__confirmed_at__isnull=False, notice__address__unsubscribed_at=None)
    due = Delivery.objects.filter(may, state__in=(State.WAITING, State.SENDING), not_before__lte=now)
    delivery = due.select_for_update(of=("self",), skip_locked=True).order_by("not_before", "pk").first()
    if delivery is not None:
        delivery.state, delivery.tried_at = State.SENDING, now
        delivery.attempts += 1
        delivery.not_before = now + CLAIM
        delivery.save()
    return delivery


def _try(delivery: Delivery) -> bool:
    channel = CHANNELS[delivery.channel]
    if channel.must_wait(delivery):
        _put_off(delivery)
        return False
    _take_along(delivery)
    try:
        channel.send(delivery)
    except (NotDelivered, Refusal, SMTPException, OSError) as error:
        _failed(delivery, error, _reason(error))
        return False
    except Exception as error:  # a fault of ours about one message is no reason to send none of the others
        log.exception("delivery %s", delivery.pk)
        _failed(delivery, error, type(error).__name__)
        return False
    sent = [delivery.pk, *(one.pk for one in delivery.along)]
    Delivery.objects.filter(pk__in=sent).update(state=State.SENT, sent_at=timezone.now(), error="")
    return True


@transaction.atomic
def _take_along(delivery: Delivery) -> None:
    """What waits for the same reader about the same page goes out in one message; claimed like the first of them.

    Where that message fails, each of them is tried again by itself.
    """
    notice, now = delivery.notice, timezone.now()
    if (
        not CHANNELS[delivery.channel].bundles
        or not notice.url
        or _goes_alone(notice)
        or links.opens_something(notice.url)
    ):
        return
    due = Delivery.objects.filter(state__in=(State.WAITING, State.SENDING), not_before__lte=now)
    same = due.filter(channel=delivery.channel).exclude(pk=delivery.pk)
    same = same.filter(notice__recipient=notice.recipient, notice__address=notice.address, notice__url=notice.url)
    locked = (
        same.select_related("notice").select_for_update(of=("self",), skip_locked=True).order_by("notice__at", "pk")
    )
    delivery.along = [one for one in locked if not _goes_alone(one.notice)]
    claimed = Delivery.objects.filter(pk__in=[one.pk for one in delivery.along])
    claimed.update(state=State.SENDING, tried_at=delivery.tried_at, attempts=F("attempts") + 1, not_before=now + CLAIM)


def _goes_alone(notice: Notice) -> bool:
    """What its reader would be robbed of by silence has a mail and a subject of its own."""
    return notice.topic in ALWAYS or notice.kind == CONFIRM_KIND


def _put_off(delivery: Delivery) -> None:
    """Ask again in a minute; that was no attempt."""
    again = {"not_before": timezone.now() + MINUTE, "tried_at": None, "attempts": delivery.attempts - 1}
    Delivery.objects.filter(pk=delivery.pk).update(state=State.WAITING, **again)


def _failed(delivery: Delivery, error: Exception, reason: str) -> None:
    log.warning("delivery %s, attempt %s: %s", delivery.pk, delivery.attempts, reason)
    # An address that is no longer allowed will not be allowed in an hour either.
    over = delivery.attempts >= ATTEMPTS or isinstance(error, Refusal)
    quiet = CHANNELS[delivery.channel].quiet_hours(delivery)
    again = after_quiet(timezone.now() + pause_after(delivery.attempts), *quiet)
    state = State.FAILED if over else State.WAITING
    Delivery.objects.filter(pk=delivery.pk).update(state=state, not_before=again, error=reason)


def _reason(error: Exception) -> str:
    """What went wrong, without anybody's address: a mail server's refusal repeats whom it refuses."""
    name = type(error).__name__
    if isinstance(error, SMTPException):
        code = getattr(error, "smtp_code", "")
        return f"{name} {code}".strip()
    return f"{name}: {error}"[:300]
