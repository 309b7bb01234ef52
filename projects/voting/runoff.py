"""The second vote on tied candidates. What it is follows from the first count; only its times are chosen."""

from datetime import datetime

from django.utils.translation import gettext as _

from geokit.refusal import BadInput
from projects.plan.models import Project
from projects.voting.models import VoteCount, VoteSession
from projects.voting.services import Terms


def runoff_terms(first: VoteSession, opens_at: datetime, closes_at: datetime) -> tuple[Terms, list[Project]]:
    """Return the terms of the second vote for the places that are left, and the tied candidates in their order.

    Raises BadInput: ``no-tie``, ``runoff-called``.
    """
    result = VoteCount.objects.filter(session=first).first()
    if result is None or not result.tied:
        raise BadInput(_("这次票决没有需要再次票决的项目。"), code="no-tie")
    if VoteSession.objects.filter(runoff_of=first).exists():
        raise BadInput(_("再次票决已经安排。"), code="runoff-called")
    standing = first.candidacies.select_related("project__area")
    terms = Terms(
        title=_("%(title)s（再次票决）") % {"title": first.title[:70]},
        year=first.year,
        area=first.area,
        places=first.places - len(result.elected),
        opens_at=opens_at,
        closes_at=closes_at,
        quorum=first.quorum,
        majority=first.majority,
        tie=VoteSession.Tie.LOT,  # a third tie would never end
    )
    return terms, [candidacy.project for candidacy in standing if candidacy.number in result.tied]
