"""What the parts of a project's page show: stages with their days, goals by year, where the project came from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import QuerySet

from accounts.permissions import Asker
from projects.plan.models import Goal, Project
from projects.plan.stage_table import STAGES, Stage
from projects.proposals.models import Proposal
from projects.proposals.permissions import proposals_visible_to
from projects.stages.models import StageChange
from projects.voting.models import Candidacy


@dataclass(frozen=True)
class StageMark:
    """One stage of the strip: whether it is passed or where the project is, and when it was reached, if known."""

    label: str
    on: datetime | None
    is_done: bool
    is_current: bool


@dataclass(frozen=True)
class VoteResult:
    """A vote that the project stood in."""

    session: Any
    number: int
    votes: int | None
    of: int | None
    result: str


def stages_of(project: Project, changes: Sequence[StageChange]) -> list[StageMark]:
    """Return the six stages. A project in the reserve stands where candidates stand."""
    course = STAGES.in_group("course")
    status = Stage.CANDIDATE if project.status == Stage.RESERVE else Stage(project.status)
    reached = {change.after: change.created_at for change in changes}
    here = course.index(status)
    return [
        StageMark(str(STAGES.label(stage)), reached.get(stage) if place <= here else None, place < here, place == here)
        for place, stage in enumerate(course)
    ]


def goals_by_year(project: Project) -> list[tuple[int, list[Goal]]]:
    """Return the goals, the years in order."""
    goals = project.goals.order_by("year", "order")
    return [(year, list(of_year)) for year, of_year in groupby(goals, key=lambda goal: goal.year)]


def votes_of(project: Project) -> list[VoteResult]:
    """Return the votes that the project stood in, the newest first."""
    candidacies = Candidacy.objects.filter(project=project).select_related("session__count").order_by("-session__pk")
    return [_vote_result(candidacy) for candidacy in candidacies]


def _vote_result(candidacy: Candidacy) -> VoteResult:
    session, number = candidacy.session, candidacy.number
    count = getattr(session, "count", None)
    if count is None:
        return VoteResult(session, number, None, None, "")
    result = "elected" if number in count.elected else "tied" if number in count.tied else "not-elected"
    return VoteResult(session, number, count.votes[str(number)], count.cast, result)


def proposals_of(project: Project, user: Asker) -> QuerySet[Proposal]:
    """Return the proposals that the project was made of."""
    return proposals_visible_to(user).filter(project=project).select_related("area").order_by("created_at")
