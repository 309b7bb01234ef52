"""The roll of a vote: whose credentials changed after it was written, and who may say that they are hers again.

A change of password, address or second factor, by whomever, freezes the elector's vote here: whoever made it could vote
in her name. Another officer, who has spoken with her, confirms. On paper she can vote all the while.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import CredentialChange, User
from accounts.people.credentials.queries import changes_since, handlers_of, last_change, last_changes, mailbox_is_own
from accounts.permissions import is_district_staff
from geokit.refusal import NotPermitted
from ledger import audit
from projects.plan.refusals import field_refusal
from projects.voting.checks import VoteRefused
from projects.voting.models import Elector, ElectorConfirmation, VoteCount, VoteSession
from projects.voting.notices import notify_confirmed


@dataclass(frozen=True)
class RollLine:
    """One elector as congress staff see her on the roll."""

    elector: Elector
    voted: bool
    on_paper: bool
    changes: tuple[CredentialChange, ...]
    """What changed since the roll was written, or since it was last confirmed."""
    confirmations: tuple[ElectorConfirmation, ...]
    may_confirm: bool

    @property
    def is_frozen(self) -> bool:
        return bool(self.changes) and not self.voted


def is_frozen(elector: Elector) -> bool:
    """Tell whether her credentials changed after the last time that they were known to be hers."""
    return last_change(elector.deputy_id) > known_change(elector)


def known_change(elector: Elector) -> int:
    """The newest change that is known to be hers: when the roll was written, or confirmed since."""
    confirmed = elector.confirmations.aggregate(last=Max("last_change"))["last"]
    return max(elector.last_change, confirmed or 0)


def knows_mailbox(elector: Elector) -> bool:
    """Whether the address is known to be hers: by herself, or by an officer who asked her and confirmed her line."""
    return mailbox_is_own(elector.deputy) or (bool(elector.deputy.email) and elector.confirmations.exists())


def refuse_frozen(elector: Elector) -> None:
    """Raise VoteRefused for an elector whose credentials changed after the roll was written."""
    if is_frozen(elector):
        raise VoteRefused(
            _("名册确定之后，您的登录凭据有变更。请与工作人员联系，由另一位工作人员核实后再投票，或在会场用纸质选票。"),
            code="frozen",
        )


def may_confirm(actor: User, elector: Elector) -> bool:
    """Tell whether `actor` is a second officer: not the elector, and had no hand in her account."""
    outside = actor.pk not in {elector.deputy_id, *handlers_of(elector.deputy)}
    return is_district_staff(actor) and outside


@transaction.atomic
def confirm_elector(
    session_id: int, elector_id: int, actor: User, reason: str, now: datetime | None = None
) -> ElectorConfirmation:
    """Say that an elector's credentials are hers, and how one knows. Raises NotPermitted, VoteRefused, BadInput."""
    session = VoteSession.objects.select_for_update().get(pk=session_id)
    elector = session.electors.select_related("deputy").get(pk=elector_id)
    if not may_confirm(actor, elector):
        raise NotPermitted(_("由另一位区人大工作人员核实：不能是改过她的凭据、邀请过她或交付过链接的人。"))
    if VoteCount.objects.filter(session=session).exists() or (now or timezone.now()) >= session.closes_at:
        raise VoteRefused(_("这次票决已经截止。"), code="closed")
    if not reason.strip():
        raise field_refusal("reason", "reason-missing", _("请写明怎样核实的，例如当面、打电话。"), "required")
    if not is_frozen(elector):
        raise VoteRefused(_("她的登录凭据没有待核实的变更。"), code="not-frozen")
    known = last_change(elector.deputy_id)
    done = ElectorConfirmation.objects.create(elector=elector, last_change=known, officer=actor, reason=reason.strip())
    audit.record(actor, "confirm_elector", session, elector=elector.pk, change=known)
    notify_confirmed(session, elector)
    return done


def roll_of(session: VoteSession, actor: User) -> list[RollLine]:
    """Return the whole roll, whoever is frozen first."""
    electors = list(
        session.electors.select_related("deputy", "turnout").prefetch_related("confirmations__officer").order_by("pk")
    )
    newest = last_changes(User.objects.filter(pk__in=[elector.deputy_id for elector in electors]))
    lines = [_line(elector, newest.get(elector.deputy_id, 0), actor) for elector in electors]
    return sorted(lines, key=lambda line: (not line.is_frozen, line.voted, line.elector.pk))


def _line(elector: Elector, newest: int, actor: User) -> RollLine:
    confirmations = tuple(elector.confirmations.all())
    known = max([elector.last_change, *(one.last_change for one in confirmations)])
    turnout = getattr(elector, "turnout", None)
    changes = tuple(changes_since(elector.deputy_id, known)) if newest > known else ()
    return RollLine(
        elector=elector,
        voted=turnout is not None,
        on_paper=turnout is not None and turnout.on_paper,
        changes=changes,
        confirmations=confirmations,
        may_confirm=bool(changes) and may_confirm(actor, elector),
    )
