"""What of this room is in the chain of evidence, and what its events must lead to."""

from collections import Counter
from collections.abc import Iterable

from django.db.models import Q

from ledger.chain.declared import Chained, Contradiction, Explains, Stored, Touched
from ledger.chain.replays import Continuity, Replay
from projects.feedback.models import Feedback, FeedbackEvent
from projects.plan.models import Project
from projects.plan.stage_table import STAGES
from projects.proposals.models import Proposal, ProposalEvent
from projects.proposals.table import PROPOSALS
from projects.stages.models import StageChange
from projects.voting.documents import contradictions
from projects.voting.drafts.models import VoteDraft, VoteDraftEvent
from projects.voting.drafts.table import TABLE as DRAFTS
from projects.voting.models import Ballot, VoteCount, VoteDocument

PROJECT = "projects.project"
STAGE, REPORT = "projects_stagechange", "projects_progressreport"
OF_A_PROJECT = (Explains(STAGE, "project_id", "project_id"), Explains(REPORT, "project_id", "project_id"))
AUDITED = ((PROJECT, "project_id"),)
OF_A_VOTE = (("projects.votesession", "session_id"),)

CHAINED = (
    Chained(
        "projects_project",
        omitted=("search_key", "progress", "light", "light_basis", "updated_at", "version"),
        explained_by=(Explains(STAGE, "project_id"), Explains(REPORT, "project_id")),
    ),
    Chained("projects_milestone", deletable=True, explained_by=OF_A_PROJECT, audited_as=AUDITED),
    Chained("projects_goal", deletable=True, explained_by=OF_A_PROJECT, audited_as=AUDITED),
    Chained("projects_projectplace", deletable=True, explained_by=OF_A_PROJECT, audited_as=AUDITED),
    Chained(STAGE, history=True),
    Chained(REPORT, history=True, files=(Stored("photo"),)),
    Chained("projects_lightsetting", history=True),
    Chained("projects_votesession"),
    Chained("projects_votecancellation", history=True),
    Chained(
        "projects_votedraft", omitted=("version",), explained_by=(Explains("projects_votedraftevent", "draft_id"),),
    ),
    Chained("projects_votedraftevent", history=True),
    Chained("projects_candidacy", audited_as=OF_A_VOTE),
    Chained("projects_elector", audited_as=OF_A_VOTE),
    Chained("projects_electorconfirmation", history=True),
    Chained("projects_turnout", history=True),
    Chained("projects_paperentry", history=True),
    Chained("projects_hallsheet", history=True),
    Chained("projects_ballot", history=True),
    Chained("projects_votecount", history=True),
    Chained("projects_votedocument", history=True, files=(Stored("file", "sha256"),)),
    Chained("projects_answer", history=True),
    Chained("projects_papercount", history=True, files=(Stored("photo"),)),
    Chained("projects_paperdecision", history=True),
    Chained(
        "projects_rating", explained_by=(Explains("projects_answer", "project_id", "project_id"),), audited_as=AUDITED,
    ),
    Chained(
        "projects_feedback", omitted=("version",), sealed=("text", "contact", "reason"), files=(Stored("photo"),),
        explained_by=(Explains("projects_feedbackevent", "feedback_id"),),
    ),
    Chained(
        "projects_coveredphoto", deletable=True, files=(Stored("file"),),
        audited_as=(
            ("projects.progressreport", "report_id"), ("projects.feedback", "feedback_id"),
            ("projects.proposal", "proposal_id"),
        ),
    ),
    Chained("projects_feedbackevent", history=True, sealed=("text",)),
    Chained(
        "projects_proposal", omitted=("search_key", "version"), sealed=("title", "text", "address", "contact"),
        files=(Stored("photo"),), explained_by=(
            Explains("projects_proposalevent", "proposal_id"),
            Explains("projects_proposalevent", "proposal_id", "same_as_id"),
        ),
    ),
    Chained("projects_proposalevent", history=True, sealed=("text",)),
    Chained("projects_recommendation", history=True),
)  # fmt: skip

projects_follow_their_stages = Continuity(
    STAGES, Project, StageChange, "project",
    state="status", before="before", after="after", beginning=None, order=("created_at", "pk"),
)  # fmt: skip
proposals_follow_their_events = Replay(PROPOSALS, Proposal, ProposalEvent, "proposal", order=("pk",))
drafts_follow_their_events = Replay(DRAFTS, VoteDraft, VoteDraftEvent, "draft", order=("pk",))
AFTER = {"file": "waiting", "show": "shown", "hide": "hidden"}


def feedback_follows_its_events(touched: Touched) -> Iterable[Contradiction]:
    """A feedback is shown or hidden as its last event of that kind says."""
    rows, events = touched.of("projects_feedback"), touched.of("projects_feedbackevent")
    said = FeedbackEvent.objects.filter(verb__in=AFTER).order_by("feedback", "pk")
    things = Feedback.objects.all()
    if rows is not None and events is not None:
        named = {*rows, *FeedbackEvent.objects.filter(pk__in=events).values_list("feedback", flat=True)}
        said, things = said.filter(feedback__in=named), things.filter(pk__in=named)
    last = dict(said.values_list("feedback", "verb"))
    for key, state in things.values_list("pk", "state"):
        if state != (expected := AFTER[last.get(key, "file")]):
            yield Contradiction("projects_feedback", key, "state", state, expected)


def counts_follow_the_ballots(touched: Touched) -> Iterable[Contradiction]:
    """The votes of a count are those of the ballots that were published and of the tellers' sheet."""
    rows = touched.of("projects_votecount")
    counts = VoteCount.objects.all() if rows is None else VoteCount.objects.filter(pk__in=rows)
    for count in counts:
        ballots = Ballot.objects.filter(session=count.session_id).values_list("choices", flat=True)
        votes = Counter(str(number) for choices in ballots for number in choices)
        votes.update({number: found for number, found in count.hall.get("votes", {}).items() if found})
        stored = {number: found for number, found in count.votes.items() if found}
        if (count.cast, stored) != (len(ballots) + count.hall.get("papers", 0), dict(votes)):
            yield Contradiction("projects_votecount", count.pk, "votes", count.votes, dict(votes))


def documents_state_the_counts(touched: Touched) -> Iterable[Contradiction]:
    """A certificate and a notice state what the vote and its count say, and nothing else."""
    rows, counts = touched.of("projects_votedocument"), touched.of("projects_votecount")
    documents = VoteDocument.objects.select_related("session")
    if rows is not None and counts is not None:
        documents = documents.filter(Q(pk__in=rows) | Q(session__count__in=counts))
    for document in documents:
        for name, stated, now in contradictions(document):
            yield Contradiction("projects_votedocument", document.pk, name, stated, now)
