"""What the workers do: an anchor each day, and its way outside until it arrives or is given up."""

from datetime import time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from geokit.refusal import Unavailable
from jobs.lanes import Lane
from jobs.queue import enqueue
from jobs.schedules import keep_schedules
from jobs.waits import wait_after
from ledger.anchors.channels import mail, peers, places, timestamps
from ledger.anchors.channels.http import NotDelivered
from ledger.anchors.delivery import tell
from ledger.anchors.services import DELIVER, make_anchor
from ledger.files import record_missing_files
from ledger.models import Delivery
from ui.forms.mailboxes import NoMailbox

SENDERS = {"tsa": timestamps.send, "peer": peers.send, "mail": mail.send}
MOST_ATTEMPTS = 12
FIRST_WAIT = timedelta(minutes=5)
DAILY = "ledger.anchors.jobs.daily"


def daily() -> str:
    """Write down files that nobody did, then sign the head and queue its way outside.

    A store of files that does not answer keeps no night from its anchor; they are written down the night after.
    """
    try:
        files = f"{record_missing_files()} files"
    except Unavailable as away:
        files = f"no files: {away}"
    anchor = make_anchor()
    return f"{files}; {anchor or 'no chain yet'}"


def deliver(pk: int) -> str:
    """Send one anchor to one place, once; where that fails, the next attempt is queued, later each time."""
    with transaction.atomic():
        delivery = Delivery.objects.select_for_update(of=("self",)).select_related("anchor").get(pk=pk)
        if delivery.state != Delivery.State.WAITING:
            return delivery.state
        _attempt(delivery)
        delivery.save()
        tell(delivery)
        if delivery.state == Delivery.State.WAITING:
            wait = wait_after(delivery.attempts, FIRST_WAIT)
            enqueue(DELIVER, pk, lane=Lane.MAIL, due=timezone.now() + wait)
    return f"{delivery.state} {delivery.said}"


def _attempt(delivery: Delivery) -> None:
    delivery.attempts += 1
    try:
        if (delivery.channel, delivery.target) not in set(places()):
            raise NotDelivered("this place is no longer configured")
        delivery.proof = SENDERS[delivery.channel](delivery.anchor, delivery.target)
    except (NotDelivered, NoMailbox) as error:
        delivery.said = str(error)[:300]
        if delivery.attempts >= MOST_ATTEMPTS or isinstance(error, NoMailbox):  # that will not be otherwise in an hour
            delivery.state = Delivery.State.FAILED
    else:
        delivery.state, delivery.said = Delivery.State.DONE, ""


def schedule(using: str, **kwargs: Any) -> None:
    """Anchor every night. Safe to run after every migration."""
    keep_schedules(using, daily={DAILY: time(0, 10)})
