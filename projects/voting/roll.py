"""The roll of a vote: the members of its congress on the vote's day, with an account or without.

Written when the vote is called and settled when it opens: who was elected since is added, who left is struck.

A change of password, address or second factor, by whomever, freezes the elector's vote here: whoever made it could vote
in her name. So does an account that one officer made and nobody else knows to be hers. Another officer, who has spoken
with her, confirms, for one or for many. On paper she can vote all the while.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.congress.queries import members_on
from accounts.factors.policy import with_factor
from accounts.models import CredentialChange, Membership, Role, User
from accounts.people.credentials.queries import changes_since, last_change, last_changes, mailbox_is_own, own_mailboxes
from accounts.permissions import leads
from ledger import audit
from projects.voting.checks import VoteRefused
from projects.voting.models import Elector, ElectorConfirmation, VoteCount, VoteSession
from projects.voting.vouching import Hands, hands_in, unknown_accounts


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
    is_unknown: bool
    """Whether one officer made her account and nobody else has said that it is hers."""
    may_confirm: bool

    @property
    def is_hers(self) -> bool:
        return _is_hers(self.elector)

    @property
    def is_frozen(self) -> bool:
        return (bool(self.changes) or self.is_unknown) and not self.voted


def on_roll(session: VoteSession) -> QuerySet[Elector]:
    """Return the electors of a vote but those whose membership had ended by its day."""
    return session.electors.filter(is_struck=False)


def vote_day(session: VoteSession) -> date:
    """The local day on which the vote opens: its roll is the memberships of that day."""
    return timezone.localdate(session.opens_at)


def write_roll(session: VoteSession) -> list[Elector]:
    """Bring the roll to the memberships of the vote's day; return who is new on it.

    A row of the roll is never deleted: who left is struck, who came back is not. Who is new by an account that stands
    on the roll already, as somebody else's then, votes on paper.
    """
    if session.congress is None:
        return []
    members = {member.person_id: member for member in members_on(session.congress, vote_day(session))}
    there = {one.membership.person_id: one for one in session.electors.select_related("membership") if one.membership}
    for person, elector in there.items():
        _bring_up_to_date(elector, members.get(person))
    missing = [member for person, member in members.items() if person not in there]
    taken = {elector.deputy_id for elector in there.values()}
    accounts = {member.pk: _account(member) for member in missing}
    own = {key: account for key, account in accounts.items() if account is not None and account.pk not in taken}
    users = User.objects.filter(pk__in=[account.pk for account in own.values()])
    known, strange = last_changes(users), unknown_accounts(missing)
    return Elector.objects.bulk_create(
        _elector(session, member, own.get(member.pk), known, strange) for member in missing
    )


def _bring_up_to_date(elector: Elector, member: Membership | None) -> None:
    """Strike who has left; who has begun a new membership of the same congress keeps her row, with what it knows."""
    before = (elector.is_struck, elector.membership_id)
    elector.is_struck, elector.membership = member is None, member or elector.membership
    if (elector.is_struck, elector.membership_id) != before:
        elector.save(update_fields=["is_struck", "membership"])


def _elector(
    session: VoteSession,
    member: Membership,
    account: User | None,
    known: Mapping[int, int],
    strange: Collection[int],
) -> Elector:
    if account is None:
        return Elector(session=session, membership=member)
    last, is_known = known.get(account.pk, 0), account.pk not in strange
    return Elector(session=session, membership=member, deputy=account, last_change=last, is_known=is_known)


def _account(member: Membership) -> User | None:
    """The account by which she may vote here."""
    user = member.person.user
    return user if user is not None and user.is_active else None


def ticked(session: VoteSession, elector_ids: Collection[int]) -> list[Elector]:
    """Return the electors that were ticked in a list, or raise VoteRefused where one of them is not on the roll."""
    electors = list(
        on_roll(session).filter(pk__in=elector_ids).select_related("membership__person", "deputy", "turnout")
    )
    if len(electors) != len(set(elector_ids)):
        raise VoteRefused(_("勾选的人不在这次票决的名册上。"), code="not-on-roll")
    return electors


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

    An account that has been given to another person since votes in nobody's name: she whom the roll names votes on
    paper. On a roll that was written before memberships were kept, a deputy is who has the role.
    """
    parts = ("session", "turnout", "membership__person", "membership__congress", "deputy")
    mine = Elector.objects.select_related(*parts).filter(session=session_id, deputy=deputy, is_struck=False)
    elector = mine.first()
    if elector is None:
        return None
    if elector.membership is None:
        return elector if deputy.role == Role.DEPUTY else None
    return elector if _is_hers(elector) and elector.membership.is_in_force(timezone.localdate(now)) else None


def _is_hers(elector: Elector) -> bool:
    """Whether the account on the roll is still that of the person whom the roll names."""
    return elector.membership is None or elector.membership.person.user_id == elector.deputy_id


def able_here(session: VoteSession) -> int:
    """How many electors can vote on the site, or have: what `codes.vote` asks of one, in as many queries for all."""
    rows = on_roll(session).filter(deputy__is_active=True).select_related("deputy", "membership__person", "turnout")
    electors = list(rows.prefetch_related("confirmations"))
    accounts = {one.deputy.pk: one.deputy for one in electors if one.deputy is not None}
    newest = last_changes(User.objects.filter(pk__in=accounts))
    own = own_mailboxes(accounts.values())
    factors = set(with_factor().filter(user__in=accounts).values_list("user_id", flat=True))
    return sum(_is_able(one, newest, own, factors) for one in electors)


def _is_able(elector: Elector, newest: Mapping[int, int], own: Collection[int], factors: Collection[int]) -> bool:
    if hasattr(elector, "turnout") and not elector.turnout.on_paper:
        return True
    account, confirmations = elector.deputy_id or 0, elector.confirmations.all()
    confirmed = max((one.last_change for one in confirmations), default=None)
    is_vouched = confirmed is not None and elector.deputy is not None and bool(elector.deputy.email)
    is_known = _is_hers(elector) and not is_behind(elector, newest.get(account, 0), confirmed)
    return is_known and (is_vouched or account in own or account in factors)


def is_frozen(elector: Elector) -> bool:
    """Tell whether her account is not known to be hers, or its credentials changed since; never without an account."""
    if elector.deputy_id is None:
        return False
    confirmed = elector.confirmations.aggregate(last=Max("last_change"))["last"]
    return is_behind(elector, last_change(elector.deputy_id), confirmed)


def is_behind(elector: Elector, newest: int, confirmed: int | None) -> bool:
    """The same of what was read already: her `newest` change, and up to which one officers confirmed, None for none."""
    return (confirmed is None and not elector.is_known) or newest > known_change(elector, confirmed)


def known_change(elector: Elector, confirmed: int | None) -> int:
    """The newest change that is known to be hers: when the roll was written, or confirmed since."""
    return max(elector.last_change, confirmed or 0)


def unknown(electors: QuerySet[Elector]) -> QuerySet[Elector]:
    """Those of whose account one officer alone says that it is theirs (`is_unknown`)."""
    return electors.filter(is_known=False, deputy__isnull=False, confirmations=None)


def is_unknown(elector: Elector) -> bool:
    """Tell whether one officer made her account and nobody else has said since that it is hers."""
    return not elector.is_known and not elector.confirmations.exists()


def knows_mailbox(elector: Elector) -> bool:
    """Whether the address is known to be hers: by herself, or by an officer who asked her and confirmed her line."""
    if elector.deputy is None:
        return False
    return mailbox_is_own(elector.deputy) or (bool(elector.deputy.email) and elector.confirmations.exists())


def why_frozen(elector: Elector) -> str:
    """Why she cannot vote on the site now and what helps, in words to her; empty where she can."""
    if is_unknown(elector):
        return _(
            "您的账号由一位工作人员建立或登记，票决前须由另一位工作人员核实，您的网上投票暂停。"
            "请与人大机关联系，核实后恢复；也可以在会场领取纸质选票。"
        )
    if is_frozen(elector):
        return _(
            "名册确定之后，您的登录凭据（密码、邮箱或第二验证方式）有变更，您的网上投票已暂停。"
            "请与人大机关联系，由另一位工作人员向您核实后恢复；也可以在会场领取纸质选票。"
        )
    return ""


def refuse_frozen(elector: Elector) -> None:
    """Raise VoteRefused for an elector whose account is not known to be hers, or changed after the roll was written."""
    if why := why_frozen(elector):
        raise VoteRefused(why, code="frozen")


def may_confirm(actor: User, elector: Elector, hands: Hands) -> bool:
    """Tell whether `actor` is a second officer: not the elector, and had no hand in her account."""
    outside = elector.deputy_id is not None and actor.pk not in hands.in_account_of(elector)
    return outside and leads(actor, elector.session.area)


def roll_of(session: VoteSession, actor: User) -> list[RollLine]:
    """Return the whole roll, whoever is frozen first."""
    electors = list(
        on_roll(session)
        .select_related("deputy", "membership__person", "turnout")
        .prefetch_related("confirmations__officer")
        .order_by("pk")
    )
    accounts = [elector.deputy_id for elector in electors if elector.deputy_id is not None]
    users = User.objects.filter(pk__in=accounts)
    newest, hands = last_changes(users), hands_in(electors)
    lines = [_line(elector, newest.get(elector.deputy_id or 0, 0), actor, hands) for elector in electors]
    return sorted(lines, key=lambda line: (not line.is_frozen, line.voted, line.elector.pk))


def _line(elector: Elector, newest: int, actor: User, hands: Hands) -> RollLine:
    confirmations = tuple(elector.confirmations.all())
    known = known_change(elector, max((one.last_change for one in confirmations), default=None))
    turnout = getattr(elector, "turnout", None)
    account = elector.deputy_id
    changes = tuple(changes_since(account, known)) if account is not None and newest > known else ()
    is_strange = is_unknown(elector)
    return RollLine(
        elector=elector,
        voted=turnout is not None,
        on_paper=turnout is not None and turnout.on_paper,
        factor=str(turnout.get_factor_display()) if turnout is not None else "",
        changes=changes,
        confirmations=confirmations,
        is_unknown=is_strange,
        may_confirm=(bool(changes) or is_strange) and may_confirm(actor, elector, hands),
    )
