"""The ticket with which addresses are signed: one for all processes, fetched anew before its end by one of them."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.notices.channels.base import NotDelivered
from accounts.signin.in_app.models import SdkTicket
from accounts.signin.in_app.programs import Program
from geokit.refusal import Refusal
from ledger.locks import try_turn

EARLIER = timedelta(minutes=10)
"""So long before its end a ticket is fetched anew."""
LAST_USE = timedelta(minutes=1)
"""So long before its end it is not used any more."""
PAUSE = timedelta(minutes=5)
"""Nobody asks a second time within so long, whatever the answer was: programs count what they are asked."""
LOCK = "in-app-ticket"


class NoTicket(Exception):
    """There is none now; the page does without the script."""


def ticket_of(program: Program) -> str:
    """Return a ticket that is good now. Raises NoTicket; waits for nobody but the program itself."""
    now, app = timezone.now(), program.given()[program.app]
    kept = _kept(program, app)
    if _must_ask(kept, now):
        if _takes_it_on(program, app, now):
            # Outside the transaction: the program may take longer than one may be idle.
            _fetch(program, app, now)
        kept = _kept(program, app)  # perhaps another process has just been there
    return _usable(kept, now)


def failure_of(program: Program) -> str:
    """What the program said the last time there was no ticket; empty where there is one."""
    kept = _kept(program, program.given().get(program.app, ""))
    return kept.said if kept else ""


def _kept(program: Program, app: str) -> SdkTicket | None:
    return SdkTicket.objects.filter(program=program.way, app=app).first()


def _must_ask(kept: SdkTicket | None, now: datetime) -> bool:
    if kept is None:
        return True
    is_fresh = kept.good_until is not None and kept.good_until - EARLIER > now
    return not is_fresh and kept.tried_at + PAUSE <= now


def _usable(kept: SdkTicket | None, now: datetime) -> str:
    if kept is None or not kept.ticket or kept.good_until is None or kept.good_until - LAST_USE <= now:
        raise NoTicket
    return kept.ticket


def _takes_it_on(program: Program, app: str, now: datetime) -> bool:
    """Tell whether it is this process that asks now; the others then see that somebody does, whatever comes of it."""
    with transaction.atomic():
        if not try_turn(LOCK, sum(program.way.encode())):
            return False
        kept = _kept(program, app)
        if not _must_ask(kept, now):
            return False
        values: dict[str, object] = {"tried_at": now}
        if kept is None:
            values |= {"app": app, "ticket": "", "good_until": None, "said": ""}
        SdkTicket.objects.update_or_create(program=program.way, defaults=values)
    return True


def _fetch(program: Program, app: str, now: datetime) -> None:
    """Ask the program, and keep what it says; a failure leaves the ticket that is there."""
    values: dict[str, object] = {"said": ""}
    try:
        ticket, seconds = program.fetch()
    except (NotDelivered, Refusal, OSError) as error:
        code = str(error) if isinstance(error, NotDelivered | Refusal) else ""
        values["said"] = f"{type(error).__name__} {code}".strip()[:100]
    else:
        values |= {"ticket": ticket, "good_until": now + timedelta(seconds=min(seconds, 24 * 3600))}
    SdkTicket.objects.filter(program=program.way, app=app).update(**values)
