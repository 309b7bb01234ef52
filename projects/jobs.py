"""Work that time alone causes."""

import logging
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from geokit.refusal import BadInput
from projects.plan.services import refresh_projects
from projects.voting import notices
from projects.voting.documents import make_missing
from projects.voting.models import VoteSession
from projects.voting.roll import settle
from projects.voting.services import close_vote

DAILY = "projects.jobs.refresh_lights"
VOTES = "projects.jobs.run_votes"
VOTES_EVERY_MINUTES = 5

log = logging.getLogger(__name__)


def refresh_lights() -> int:
    """Bring every light up to date: a light turns as days pass, without anybody's doing. Idempotent."""
    return refresh_projects()


def run_votes(now: datetime | None = None) -> dict[str, int]:
    """Settle rolls and tell of votes that have opened, remind before the end, count what is over, make
    certificates and notices of results. Idempotent."""
    now = now or timezone.now()
    uncounted = VoteSession.objects.filter(count=None, cancellation=None, opens_at__lte=now)
    for session in uncounted:
        settle(session.pk, now)
    told = sum(_notify_open(session, now) for session in uncounted.filter(closes_at__gt=now))
    counted = sum(_count(session, now) for session in uncounted.filter(closes_at__lte=now))
    make_missing()
    return {"told": told, "counted": counted}


@transaction.atomic
def _notify_open(session: VoteSession, now: datetime) -> int:
    return notices.notify_opening(session) + notices.notify_deadline(session, now)


def _count(session: VoteSession, now: datetime) -> int:
    """Count one vote; one that cannot be counted must not keep the others from it."""
    try:
        close_vote(session.pk, now=now)
    except BadInput as refusal:
        log.error("vote %s is not counted: %s (%s)", session.pk, refusal.message, refusal.code)
        return 0
    return 1
