"""The tables of livelihood projects, from a proposal to the rating."""

from projects.covering.models import CoveredPhoto
from projects.feedback.models import Feedback, FeedbackEvent
from projects.following.models import Follower, News
from projects.plan.models import Goal, LightSetting, Milestone, ProgressReport, Project, ProjectPlace
from projects.proposals.models import Proposal, ProposalEvent, Recommendation
from projects.ratings.models import Answer, PaperCount, PaperDecision, Rating
from projects.stages.models import StageChange
from projects.voting.drafts.models import VoteDraft, VoteDraftEvent
from projects.voting.models import (
    Ballot,
    BallotCode,
    Candidacy,
    Elector,
    ElectorConfirmation,
    HallSheet,
    PaperEntry,
    Turnout,
    UrnBallot,
    VoteCancellation,
    VoteCount,
    VoteDocument,
    VoteSession,
)

__all__ = [
    "Answer",
    "Ballot",
    "BallotCode",
    "Candidacy",
    "CoveredPhoto",
    "Elector",
    "ElectorConfirmation",
    "Feedback",
    "FeedbackEvent",
    "Follower",
    "Goal",
    "HallSheet",
    "LightSetting",
    "Milestone",
    "News",
    "PaperCount",
    "PaperDecision",
    "PaperEntry",
    "ProgressReport",
    "Project",
    "ProjectPlace",
    "Proposal",
    "ProposalEvent",
    "Rating",
    "Recommendation",
    "StageChange",
    "Turnout",
    "UrnBallot",
    "VoteCancellation",
    "VoteCount",
    "VoteDocument",
    "VoteDraft",
    "VoteDraftEvent",
    "VoteSession",
]
