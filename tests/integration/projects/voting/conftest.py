"""Five deputies, four candidates, two places, and a vote that is open for an hour."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone

from accounts.models import Role, User
from accounts.signin.services import confirm_email
from projects.models import Project, VoteSession
from projects.voting.codes import send_code
from projects.voting.services import Terms, call_vote
from tests.data.cast import seat


@pytest.fixture
def deputies(world: Any, deputy: User) -> list[User]:
    deputy.email = "zhang@example.org"
    deputy.save()
    more = [
        User.objects.create_user(f"deputy-{n}", f"deputy-{n}@example.org", "x", role=Role.DEPUTY) for n in range(2, 6)
    ]
    for elector in (deputy, *more):
        seat(elector, world.district)
        confirm_email(elector, elector.email)
    return [deputy, *more]


@pytest.fixture
def code_of(mailoutbox: list[EmailMessage]) -> Callable[[VoteSession, User], str]:
    """Return a function that asks for an elector's code and reads it in her mailbox."""

    def ask(session: VoteSession, elector: User) -> str:
        send_code(session.pk, elector)
        assert mailoutbox[-1].to == [elector.email]
        return re.search(r"\d{6}", mailoutbox[-1].body)[0]

    return ask


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


@pytest.fixture
def second(world: Any) -> User:
    return User.objects.create_user("second", "second@example.org", "x", role=Role.STAFF)
