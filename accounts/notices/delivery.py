"""What the worker does with deliveries: send what is due, try again later what did not get through.

A delivery is claimed under a row lock and the claim is committed before anything is sent, so two workers never send
the same one. A worker that dies between sending and writing that down leaves a claim that runs out; then the message
goes out a second time, with the same Message-ID or webhook-id for the other side to tell.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone, translation

from accounts.notices import links, robots
from accounts.notices.models import CONFIRM_KIND, QUIET_FROM, QUIET_UNTIL, Delivery, NoticePreference
from accounts.notices.quiet import after_quiet
from geokit.refusal import Refusal

log = logging.getLogger(__name__)

ATTEMPTS = 8
"""With the pauses below the last one is a little over four hours after the first."""
FIRST_PAUSE = timedelta(minutes=2)
CLAIM = timedelta(minutes=10)
MINUTE, PER_MINUTE = timedelta(minutes=1), 20
"""DingTalk and WeCom take twenty messages a minute from a robot; DingTalk shuts it out for ten minutes after more."""
State, Channel = Delivery.State, Delivery.Channel


def deliver_due() -> int:
    """Send everything that is due now; return how much got through. Safe to run at any time and twice at once."""
    sent = 0
    with translation.override(settings.LANGUAGE_CODE):
        while (delivery := _claim()) is not None:
            sent += _try(delivery)
    return sent


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 2, 4, 8 … minutes."""
    return FIRST_PAUSE * 2 ** (attempts - 1)


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
    if _is_too_soon(delivery):
        return False
    try:
        _SENDERS[delivery.channel](delivery)
    except (robots.NotDelivered, Refusal, SMTPException, OSError) as error:
        _failed(delivery, error)
        return False
    Delivery.objects.filter(pk=delivery.pk).update(state=State.SENT, sent_at=timezone.now(), error="")
    return True


def _is_too_soon(delivery: Delivery) -> bool:
    """Put a message off for a minute when its group has had as many as it takes; that is no attempt."""
    if delivery.robot is None:
        return False
    now = timezone.now()
    lately = Delivery.objects.filter(robot=delivery.robot, tried_at__gt=now - MINUTE).exclude(pk=delivery.pk)
    if lately.count() < PER_MINUTE:
        return False
    again = {"state": State.WAITING, "not_before": now + MINUTE, "tried_at": None, "attempts": delivery.attempts - 1}
    Delivery.objects.filter(pk=delivery.pk).update(**again)
    return True


def _failed(delivery: Delivery, error: Exception) -> None:
    reason = _reason(error)
    log.warning("delivery %s, attempt %s: %s", delivery.pk, delivery.attempts, reason)
    # An address that is no longer allowed will not be allowed in an hour either.
    over = delivery.attempts >= ATTEMPTS or isinstance(error, Refusal)
    again = after_quiet(timezone.now() + pause_after(delivery.attempts), *_quiet_hours(delivery))
    state = State.FAILED if over else State.WAITING
    Delivery.objects.filter(pk=delivery.pk).update(state=state, not_before=again, error=reason)


def _reason(error: Exception) -> str:
    """What went wrong, without anybody's address: a mail server's refusal repeats whom it refuses."""
    name = type(error).__name__
    if isinstance(error, SMTPException):
        code = getattr(error, "smtp_code", "")
        return f"{name} {code}".strip()
    return f"{name}: {error}"[:300]


def _quiet_hours(delivery: Delivery) -> tuple:
    if delivery.robot is not None:
        return delivery.robot.quiet_from, delivery.robot.quiet_until
    wish = NoticePreference.objects.filter(user=delivery.notice.recipient_id or 0).first()
    return (wish.quiet_from, wish.quiet_until) if wish else (QUIET_FROM, QUIET_UNTIL)


def _mail(delivery: Delivery) -> None:
    notice = delivery.notice
    email = notice.address.email if notice.address else notice.recipient.email if notice.recipient else ""
    leave = links.absolute(links.unsubscribe_path(notice.address)) if notice.address else ""
    context = {
        "notice": notice,
        "link": links.absolute(notice.url),
        "leave": leave,
        "preferences": "" if notice.address else links.absolute(links.preferences_path()),
        "site_name": settings.SITE_NAME,
    }
    headers = {"Message-ID": f"<notice-{notice.pk}@{settings.SITE_HOST}>", "Auto-Submitted": "auto-generated"}
    if leave:  # RFC 8058: mail programs offer to leave by one click
        headers |= {"List-Unsubscribe": f"<{leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    body = render_to_string("accounts/notice_mail.txt", context)
    EmailMessage(notice.title, body, to=[email], headers=headers).send()


def _robot(delivery: Delivery) -> None:
    robot, notice = delivery.robot, delivery.notice
    if robot is None or not robot.is_active:
        raise Refusal("The robot is switched off.")
    robots.check_address(robot.url)
    robots.send(robots.message_for(robot, notice, links.absolute(notice.url), timezone.now()))


_SENDERS: dict[str, Callable[[Delivery], None]] = {Channel.MAIL: _mail, Channel.ROBOT: _robot}
