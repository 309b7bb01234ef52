"""The roll of a vote: the members of its congress on the vote's day, with an account or without.

Written when the vote is called and settled when it opens: who was elected since is added, who left is struck.

A change of password, address or second factor, by whomever, freezes the elector's vote here: whoever made it could vote
in her name. Another officer, who has spoken with her, confirms. On paper she can vote all the while.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.congress.queries import members_on
from accounts.models import CredentialChange, Membership, Role, User
from accounts.people.credentials.queries import changes_since, handlers_of, last_change, last_changes, mailbox_is_own
from accounts.permissions import leads
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
    factor: str
    """By what she voted, in words; empty on paper or where it was not kept."""
    changes: tuple[CredentialChange, ...]
    """What changed since the roll was written, or since it was last confirmed."""
    confirmations: tuple[ElectorConfirmation, ...]
    may_confirm: bool

    @property
    def is_frozen(self) -> bool:
        return bool(self.changes) and not self.voted


def on_roll(session: VoteSession) -> QuerySet[Elector]:
    """Return the electors of a vote but those whose membership had ended by its day."""
    return session.electors.filter(is_struck=False)


def vote_day(session: VoteSession) -> date:
    """The local day on which the vote opens: its roll is the memberships of that day."""
    return timezone.localdate(session.opens_at)


def write_roll(session: VoteSession) -> list[Elector]:
    """Bring the roll to the memberships of the vote's day; return who is new on it.

    A row of the roll is never deleted: who left is struck, who came back is not.
    """
    if session.congress is None:
        return []
    members = {member.pk: member for member in members_on(session.congress, vote_day(session))}
    there = {elector.membership_id: elector for elector in session.electors.all()}
    for key, elector in there.items():
        if elector.is_struck != (key not in members):
            elector.is_struck = key not in members
            elector.save(update_fields=["is_struck"])
    missing = [member for key, member in members.items() if key not in there]
    accounts = [account for member in missing if (account := _account(member)) is not None]
    known = last_changes(User.objects.filter(pk__in=[account.pk for account in accounts]))
    return Elector.objects.bulk_create(_elector(session, member, known) for member in missing)


def _elector(session: VoteSession, member: Membership, known: Mapping[int, int]) -> Elector:
    account = _account(member)
    last = known.get(account.pk, 0) if account is not None else 0
    return Elector(session=session, membership=member, deputy=account, last_change=last)


def _account(member: Membership) -> User | None:
    """The account by which she may vote here."""
    user = member.person.user
    return user if user is not None and user.is_active else None


@transaction.atomic
def settle(session_id: int, now: datetime) -> list[Elector]:
    """Settle the roll of a vote that has opened, once; return who is new on it."""
    session = VoteSession.objects.select_for_update(of=("self",)).select_related("congress").get(pk=session_id)
    if session.roll_settled_at is not None or now < session.opens_at or session.congress is None:
        return []
    if VoteCount.objects.filter(session=session).exists():
        return []
    new = write_roll(session)
    session.roll_settled_at = now
    session.save(update_fields=["roll_settled_at"])
    struck = session.electors.filter(is_struck=True).count()
    audit.record(None, "settle_roll", session, electors=on_roll(session).count(), added=len(new), struck=struck)
    return new


def elector_of(session_id: int, deputy: User, now: datetime) -> Elector | None:
    """Return the line of an account on the roll, while its owner is a member of the congress; else None.

    On a roll that was written before memberships were kept, a deputy is who has the role.
    """
    mine = Elector.objects.select_related("session", "turnout", "membership", "deputy").filter(
        session=session_id, deputy=deputy, is_struck=False
    )
    elector = mine.first()
    if elector is None:
        return None
    if elector.membership is None:
        return elector if deputy.role == Role.DEPUTY else None
    return elector if elector.membership.is_in_force(timezone.localdate(now)) else None


def is_frozen(elector: Elector) -> bool:
    """Tell whether her credentials changed after they were last known to be hers; never without an account."""
    if elector.deputy_id is None:
        return False
    return last_change(elector.deputy_id) > known_change(elector)


def known_change(elector: Elector) -> int:
    """The newest change that is known to be hers: when the roll was written, or confirmed since."""
    confirmed = elector.confirmations.aggregate(last=Max("last_change"))["last"]
    return max(elector.last_change, confirmed or 0)


def knows_mailbox(elector: Elector) -> bool:
    """Whether the address is known to be hers: by herself, or by an officer who asked her and confirmed her line."""
    if elector.deputy is None:
        return False
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
    if elector.deputy is None:
        return False
    outside = actor.pk not in {elector.deputy_id, *handlers_of(elector.deputy)}
    return leads(actor, elector.session.area) and outside


@transaction.atomic
def confirm_elector(
    session_id: int, elector_id: int, actor: User, reason: str, now: datetime | None = None
) -> ElectorConfirmation:
    """Say that an elector's credentials are hers, and how one knows. Raises NotPermitted, VoteRefused, BadInput."""
    session = VoteSession.objects.select_for_update().get(pk=session_id)
    elector = session.electors.select_related("deputy").get(pk=elector_id)
    if not may_confirm(actor, elector):
        raise NotPermitted(_("由另一位区人大工作人员核实：不能是改过该代表凭据、邀请过该代表或交付过链接的人。"))
    if VoteCount.objects.filter(session=session).exists() or (now or timezone.now()) >= session.closes_at:
        raise VoteRefused(_("这次票决已经截止。"), code="closed")
    if not reason.strip():
        raise field_refusal("reason", "reason-missing", _("请写明怎样核实的，例如当面、打电话。"), "required")
    if not is_frozen(elector):
        raise VoteRefused(_("该代表的登录凭据没有待核实的变更。"), code="not-frozen")
    known = last_change(elector.deputy_id)  # type: ignore[arg-type]  # who is frozen has an account
    done = ElectorConfirmation.objects.create(elector=elector, last_change=known, officer=actor, reason=reason.strip())
    audit.record(actor, "confirm_elector", session, elector=elector.pk, change=known)
    notify_confirmed(session, elector)
    return done


def roll_of(session: VoteSession, actor: User) -> list[RollLine]:
    """Return the whole roll, whoever is frozen first."""
    electors = list(
        on_roll(session)
        .select_related("deputy", "membership__person", "turnout")
        .prefetch_related("confirmations__officer")
        .order_by("pk")
    )
    accounts = [elector.deputy_id for elector in electors if elector.deputy_id is not None]
    newest = last_changes(User.objects.filter(pk__in=accounts))
    lines = [_line(elector, newest.get(elector.deputy_id or 0, 0), actor) for elector in electors]
    return sorted(lines, key=lambda line: (not line.is_frozen, line.voted, line.elector.pk))


def _line(elector: Elector, newest: int, actor: User) -> RollLine:
    confirmations = tuple(elector.confirmations.all())
    known = max([elector.last_change, *(one.last_change for one in confirmations)])
    turnout = getattr(elector, "turnout", None)
    account = elector.deputy_id
    changes = tuple(changes_since(account, known)) if account is not None and newest > known else ()
    return RollLine(
        elector=elector,
        voted=turnout is not None,
        on_paper=turnout is not None and turnout.on_paper,
        factor=str(turnout.get_factor_display()) if turnout is not None else "",
        changes=changes,
        confirmations=confirmations,
        may_confirm=bool(changes) and may_confirm(actor, elector),
    )
