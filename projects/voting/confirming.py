"""That a second officer knows electors' accounts to be theirs: one by one on the roll, or many at once."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.people.credentials.queries import last_changes
from accounts.permissions import Asker
from geokit.refusal import NotPermitted
from ledger import audit
from projects.plan.refusals import field_refusal
from projects.voting.checks import VoteRefused
from projects.voting.models import Elector, ElectorConfirmation, VoteCount, VoteSession
from projects.voting.notices import notify_confirmed
from projects.voting.queries import votes_visible_to
from projects.voting.roll import is_behind, may_confirm, on_roll, ticked, unknown
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
    frozen = _frozen(electors)
    if not frozen:
        raise VoteRefused(_("该代表的登录凭据没有待核实的变更。"), code="not-frozen")
    done = ElectorConfirmation.objects.bulk_create(
        ElectorConfirmation(elector=elector, last_change=newest, officer=actor, reason=reason.strip())
        for elector, newest in frozen
    )
    about = ((session, {"elector": one.elector_id, "change": one.last_change}) for one in done)
    audit.record_many(actor, "confirm_elector", about)
    for elector, _newest in frozen:
        notify_confirmed(session, elector)
    return done


def _frozen(electors: Collection[Elector]) -> list[tuple[Elector, int]]:
    """Those of them who are frozen, each with the newest change of her credentials."""
    newest = last_changes(User.objects.filter(pk__in=[one.deputy_id for one in electors if one.deputy_id is not None]))
    confirmed = ElectorConfirmation.objects.filter(elector__in=electors).order_by().values_list("elector")
    known = dict(confirmed.annotate(last=Max("last_change")))
    pairs = [(elector, newest.get(elector.deputy_id or 0, 0)) for elector in electors if elector.deputy_id is not None]
    return [(elector, change) for elector, change in pairs if is_behind(elector, change, known.get(elector.pk))]


def votes_to_confirm(user: Asker, now: datetime | None = None) -> QuerySet[VoteSession]:
    """Return the votes to come or under way on whose roll `user` could say of an account that it is a deputy's."""
    strange = unknown(Elector.objects.filter(session=OuterRef("pk"), is_struck=False))
    ahead = votes_visible_to(user).filter(closes_at__gt=now or timezone.now(), count=None, cancellation=None)
    waiting = ahead.filter(Exists(strange)).select_related("area") if isinstance(user, User) else ahead.none()
    return VoteSession.objects.filter(pk__in=[vote.pk for vote in waiting if _any_for(vote, user)])


def _any_for(session: VoteSession, user: Asker) -> bool:
    electors = list(unknown(on_roll(session)).select_related("session__area", "membership"))
    hands = hands_in(electors)
    return isinstance(user, User) and any(may_confirm(user, elector, hands) for elector in electors)
