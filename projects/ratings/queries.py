"""Reads of ratings: counts and shares with their denominators, and whether this reader may answer."""

from dataclasses import dataclass

from django.utils import timezone

from accounts.indicators import Ratio
from accounts.models import User
from accounts.permissions import ANONYMOUS, Asker, is_deputy, is_staff_of, role_of
from projects.plan.models import Project
from projects.ratings.bars import Bar, rating_bars
from projects.ratings.electorate import rates_as_deputy
from projects.ratings.indicators import BY_VOTER, cases_of
from projects.ratings.models import Rating
from projects.ratings.period import Period, period_of
from projects.ratings.services import Counts, online_counts


@dataclass(frozen=True)
class RatingTable:
    """The answers of one kind of voter. `online` and `paper` say where the total comes from."""

    rating: Rating
    bars: list[Bar]
    online: int
    paper: int
    satisfied: Ratio

    @property
    def total(self) -> int:
        return self.online + self.paper


@dataclass(frozen=True)
class RatingView:
    """What a project's page shows one reader of its rating."""

    project: Project
    tables: list[RatingTable]
    period: Period
    may_answer: bool
    answered: bool
    may_enter: bool
    """Whether the reader may enter a count made on paper."""


def ratings_for(project: Project, user: Asker, voter_key: str) -> RatingView:
    """Return the rating of `project` as `user`, in the browser of `voter_key`, sees it."""
    period, role = period_of(project, timezone.now()), role_of(user)
    answered = _has_answered(project, user, voter_key)
    is_voter = role == ANONYMOUS or rates_as_deputy(user, project)
    return RatingView(
        project=project,
        tables=[_rating_table(project, rating) for rating in project.ratings.all()],
        period=period,
        may_answer=period.is_open and is_voter and not answered,
        answered=answered,
        may_enter=project.status == Project.Status.RATED and is_staff_of(user, project.area, project.geom),
    )


def _has_answered(project: Project, user: Asker, voter_key: str) -> bool:
    if isinstance(user, User) and is_deputy(user):
        return project.answers.filter(deputy=user).exists()
    return bool(voter_key) and project.answers.filter(voter_key=voter_key).exists()


def _rating_table(project: Project, rating: Rating) -> RatingTable:
    online = online_counts(project, rating.voter).total
    total = Counts(rating.satisfied, rating.fairly_satisfied, rating.dissatisfied, rating.abstained).total
    satisfied = BY_VOTER[rating.voter].of(cases_of(rating))
    return RatingTable(rating, rating_bars(rating), online, total - online, satisfied)
