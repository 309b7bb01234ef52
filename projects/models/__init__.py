"""The tables of livelihood projects, from a proposal to the rating."""

from projects.feedback.models import Feedback, FeedbackEvent, Follower
from projects.following.models import News
from projects.plan.models import Goal, LightSetting, Milestone, ProgressReport, Project, ProjectPlace, StageChange
from projects.proposals.models import Proposal, ProposalEvent, Recommendation
from projects.ratings.models import Answer, PaperCount, Rating
from projects.voting.models import Ballot, Candidacy, Elector, Turnout, UrnBallot, VoteCount, VoteSession

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
