"""A vote that was called and does not take place: only before it opens, with a reason that everybody reads."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from ledger import audit
from projects.plan.refusals import field_refusal
from projects.voting.checks import VoteRefused, check_takes_place, require_may_call
from projects.voting.models import VoteCancellation, VoteSession
from projects.voting.notices import notify_cancelled

LONGEST_REASON = 500


@transaction.atomic
def cancel_vote(session_id: int, actor: User, reason: str, now: datetime | None = None) -> VoteCancellation:
    """Cancel a vote before it opens; the roll is told why. Raises NotPermitted, BadInput, VoteRefused."""
    session = VoteSession.objects.select_for_update(of=("self",)).select_related("area").get(pk=session_id)
    require_may_call(actor, session.area)
    _refuse_unless_it_can(session, now or timezone.now())
    if not reason.strip():
        raise field_refusal("reason", "required", _("请写明取消的理由，它会公布。"), "required")
    made = VoteCancellation.objects.create(session=session, actor=actor, reason=reason.strip()[:LONGEST_REASON])
    audit.record(actor, "cancel_vote", session, reason=made.reason)
    notify_cancelled(session, made.reason)
    return made


def _refuse_unless_it_can(session: VoteSession, now: datetime) -> None:
    check_takes_place(session)
    if now >= session.opens_at:
        raise VoteRefused(_("票决已经开始，不能再取消。"), code="opened")
    if session.runoff_of_id is not None:
        raise VoteRefused(_("再次票决的项目和规则由第一次的结果决定，不能取消。"), code="runoff")
