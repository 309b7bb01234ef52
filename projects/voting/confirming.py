"""That a second officer knows electors' accounts to be theirs: one by one on the roll, or many at once."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.people.credentials.queries import last_change
from geokit.refusal import NotPermitted
from ledger import audit
from projects.plan.refusals import field_refusal
from projects.voting.checks import VoteRefused
from projects.voting.models import Elector, ElectorConfirmation, VoteCount, VoteSession
from projects.voting.notices import notify_confirmed
from projects.voting.roll import is_frozen, may_confirm, ticked
from projects.voting.vouching import hands_in


def confirm_elector(
    session_id: int, elector_id: int, actor: User, reason: str, now: datetime | None = None
) -> ElectorConfirmation:
    """Say that an elector's credentials are hers, and how one knows. Raises NotPermitted, VoteRefused, BadInput."""
    (done,) = confirm_electors(session_id, [elector_id], actor, reason, now)
    return done


@transaction.atomic
def confirm_electors(
    session_id: int, elector_ids: Collection[int], actor: User, reason: str, now: datetime | None = None
) -> list[ElectorConfirmation]:
    """Say of many electors at once that their credentials are theirs: of all of them or, refused, of nobody.

    Whom somebody else has confirmed meanwhile is passed over. Raises NotPermitted, VoteRefused, BadInput.
    """
    session = VoteSession.objects.select_for_update().get(pk=session_id)
    if not elector_ids:
        raise field_refusal("electors", "nobody", _("请勾选您核实过的代表。"), "required")
    electors = ticked(session, elector_ids)
    hands = hands_in(electors)
    if not all(may_confirm(actor, elector, hands) for elector in electors):
        raise NotPermitted(_("由另一位区人大工作人员核实：不能是改过该代表凭据、登记或邀请过该代表、交付过链接的人。"))
    if VoteCount.objects.filter(session=session).exists() or (now or timezone.now()) >= session.closes_at:
        raise VoteRefused(_("这次票决已经截止。"), code="closed")
    if not reason.strip():
        raise field_refusal("reason", "reason-missing", _("请写明怎样核实的，例如当面、打电话。"), "required")
    frozen = [elector for elector in electors if is_frozen(elector)]
    if not frozen:
        raise VoteRefused(_("该代表的登录凭据没有待核实的变更。"), code="not-frozen")
    return [_confirm(session, elector, actor, reason.strip()) for elector in frozen]


def _confirm(session: VoteSession, elector: Elector, actor: User, reason: str) -> ElectorConfirmation:
    known = last_change(elector.deputy_id)  # type: ignore[arg-type]  # who is frozen has an account
    done = ElectorConfirmation.objects.create(elector=elector, last_change=known, officer=actor, reason=reason)
    audit.record(actor, "confirm_elector", session, elector=elector.pk, change=known)
    notify_confirmed(session, elector)
    return done
