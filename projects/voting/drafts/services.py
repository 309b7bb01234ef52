"""Writes of drafts: each is one step of the table."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from geokit.refusal import BadInput
from ledger.steps.apply import apply
from projects.plan.models import Project
from projects.voting.cancelling import cancel_vote
from projects.voting.checks import require_may_call
from projects.voting.drafts.models import VoteDraft, VoteDraftEvent
from projects.voting.drafts.table import Stage, Verb
from projects.voting.drafts.workflow import DRAFTS, record, write_terms
from projects.voting.models import VoteSession
from projects.voting.runoff import runoff_terms
from projects.voting.services import Terms


@transaction.atomic
def begin(terms: Terms, projects: Sequence[Project], actor: User, *, send: bool = False) -> VoteDraft:
    """Write a draft, and with `send` hand it to the second person. Raises NotPermitted, BadInput."""
    require_may_call(actor, terms.area, projects)
    return _begin(VoteDraft(author=actor), terms, projects, actor, send)


@transaction.atomic
def begin_runoff(
    session_id: int, opens_at: datetime, closes_at: datetime, actor: User, *, send: bool = False
) -> VoteDraft:
    """Write the draft of a second vote on the tied candidates of a counted one. Raises NotPermitted, BadInput."""
    first = VoteSession.objects.select_for_update(of=("self",)).select_related("area").get(pk=session_id)
    require_may_call(actor, first.area)
    terms, projects = runoff_terms(first, opens_at, closes_at)
    if VoteDraft.objects.filter(runoff_of=first).exclude(state=Stage.DROPPED).exists():
        raise BadInput(_("再次票决已有草案。"), code="runoff-drafted")
    return _begin(VoteDraft(author=actor, runoff_of=first), terms, projects, actor, send)


def _begin(draft: VoteDraft, terms: Terms, projects: Sequence[Project], actor: User, send: bool) -> VoteDraft:
    write_terms(draft, terms, projects)
    draft.save()
    record(draft, VoteDraftEvent.Verb.DRAFTED, actor)
    return step(draft.pk, Verb.SEND, actor, draft.version) if send else draft


@transaction.atomic
def change(
    draft: int, terms: Terms, projects: Sequence[Project], actor: User, version: int, *, send: bool = False
) -> VoteDraft:
    """Change a draft that is not being reviewed, and with `send` hand it on.

    Raises NotPermitted, StaleEdit, BadInput.
    """
    require_may_call(actor, terms.area, projects)
    changed = apply(DRAFTS, actor, draft, Verb.CHANGE, version, {"terms": terms, "projects": projects}).draft
    return step(changed.pk, Verb.SEND, actor, changed.version) if send else changed


def step(draft: int, verb: Verb, actor: User, version: int, reason: str = "") -> VoteDraft:
    """Send, approve, send back or drop a draft. Raises NotPermitted, StaleEdit, BadInput."""
    return apply(DRAFTS, actor, draft, verb, version, {"reason": reason}).draft


@transaction.atomic
def change_called(session_id: int, actor: User, reason: str) -> VoteDraft:
    """Cancel a vote that has not opened, and begin a draft that says the same, to be changed and reviewed anew."""
    cancel_vote(session_id, actor, reason)
    session = VoteSession.objects.select_related("area").get(pk=session_id)
    draft = VoteDraft.objects.create(
        title=session.title,
        year=session.year,
        area=session.area,
        candidates=sorted(session.candidacies.values_list("project__code", flat=True)),
        places=session.places,
        opens_at=session.opens_at,
        closes_at=session.closes_at,
        author=actor,
        replaces=session,
    )
    record(draft, VoteDraftEvent.Verb.DRAFTED, actor, text=reason.strip()[:500])
    return draft
