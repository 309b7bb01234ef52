"""Who may see a proposal, and who decides about it."""

from django.db.models import Q, QuerySet

from accounts.looking import shown
from accounts.models import Role
from accounts.permissions import Asker, has_role, is_deputy, is_staff_of, scope_of, within
from projects.proposals.models import Proposal, ProposalEvent

SHOWN_BY = (ProposalEvent.Verb.PUBLISH, ProposalEvent.Verb.ADOPT)
WAS_PUBLISHED = ProposalEvent.objects.filter(verb__in=SHOWN_BY).values("proposal_id")


def proposals_visible_to(user: Asker) -> QuerySet[Proposal]:
    """What congress staff have published or adopted is public, whatever became of it; the rest is the deputy's own."""
    if has_role(user, Role.STAFF) and scope_of(user) is None:
        return Proposal.objects.all()
    visible = Q(pk__in=WAS_PUBLISHED) & shown(user)
    if has_role(user, Role.STAFF) and (area := scope_of(user)) is not None:
        visible |= within(area, "area", "geom")
    if is_deputy(user):
        visible |= Q(deputy=user)
    return Proposal.objects.filter(visible)


def may_review(user: Asker) -> bool:
    """Congress staff look through proposals."""
    return has_role(user, Role.STAFF)


def may_decide(user: Asker, proposal: Proposal) -> bool:
    """Congress staff decide about the proposals of their place."""
    return is_staff_of(user, proposal.area, proposal.geom)
