"""The tables of livelihood projects, from a proposal to the rating."""

from projects.models.news import News
from projects.models.project import (
    Goal,
    LightSetting,
    Milestone,
    ProgressReport,
    Project,
    ProjectPlace,
    StageChange,
)
from projects.models.proposal import Proposal, ProposalEvent, Recommendation
from projects.models.public import Feedback, FeedbackEvent, Follower
from projects.models.rating import Answer, PaperCount, Rating
from projects.models.vote import Ballot, Candidacy, Elector, Turnout, UrnBallot, VoteCount, VoteSession

__all__ = [
    "Answer",
    "Ballot",
    "Candidacy",
    "Elector",
    "Feedback",
    "FeedbackEvent",
    "Follower",
    "Goal",
    "LightSetting",
    "Milestone",
    "News",
    "PaperCount",
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
    "VoteCount",
    "VoteSession",
]
