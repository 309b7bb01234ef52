"""Five deputies, four candidates, two places, and a vote that is open for an hour."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Role, User
from projects.models import Project, VoteSession
from projects.voting.services import Terms, call_vote


@pytest.fixture
def deputies(world: Any, deputy: User) -> list[User]:
    more = [User.objects.create_user(username=f"deputy-{n}", password="x", role=Role.DEPUTY) for n in range(2, 6)]
    return [deputy, *more]


@pytest.fixture
def candidates(make_project: Callable[..., Project]) -> list[Project]:
    return [
        make_project(f"C-{n}", name=f"候选项目{n}", status=Project.Status.CANDIDATE, year=2027) for n in range(1, 5)
    ]


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def terms(world: Any, now: datetime) -> Callable[..., Terms]:
    def make(**given: Any) -> Terms:
        values = {
            "title": "2027年民生实事项目票决",
            "year": 2027,
            "area": world.district,
            "places": 2,
            "opens_at": now - timedelta(minutes=1),
            "closes_at": now + timedelta(hours=1),
        }
        return Terms(**(values | given))

    return make


@pytest.fixture
def session(terms: Callable[..., Terms], candidates: list[Project], deputies: list[User], staff: User) -> VoteSession:
    return call_vote(terms(), candidates, staff)
