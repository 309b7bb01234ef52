"""No list of the room asks the database more often when it is longer."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.rules import services as rules
from projects.models import Feedback, News, ProgressReport, Project, ProjectPlace, Proposal, VoteCount, VoteSession

Maker = Callable[[int], None]


@pytest.fixture
def more_projects(make_project: Callable[..., Project]) -> Maker:
    def make(start: int) -> None:
        for n in range(start, start + 4):
            make_project(f"Q-{n}", name=f"项目{n}")

    return make


@pytest.fixture
def more_proposals(world: Any, deputy: User) -> Maker:
    def make(start: int) -> None:
        for n in range(start, start + 4):
            proposal = Proposal.objects.create(
                number=f"2026-{n:04d}", year=2026, title=f"建议{n}", text="理由", category="water", deputy=deputy,
                area=world.west_town, geom=Point(121.31 + n / 1000, 29.85, srid=4326), state="published",
            )  # fmt: skip
            proposal.events.create(verb="publish")

    return make


@pytest.fixture
def more_votes(world: Any) -> Maker:
    def make(start: int) -> None:
        now = timezone.now()
        for n in range(start, start + 4):
            session = VoteSession.objects.create(
                title=f"票决{n}", year=2026, area=world.district, places=1,
                opens_at=now - timedelta(days=2), closes_at=now - timedelta(days=1),
            )  # fmt: skip
            VoteCount.objects.create(
                session=session, electors=9, cast=9, is_quorate=True, votes={}, elected=[], tied=[], digest="0" * 64
            )

    return make


@pytest.fixture
def more_feedback(project: Project, deputy: User, staff: User) -> Maker:
    def make(start: int) -> None:
        for n in range(start, start + 4):
            said = Feedback.objects.create(project=project, text=f"意见{n}", deputy=deputy, state="shown")
            said.events.create(verb="reply", text="已收到", actor=staff)

    return make


@pytest.fixture
def more_of_one(project: Project, officer: User, more_feedback: Maker) -> Maker:
    """Places, reports, news and feedback of one project."""

    def make(start: int) -> None:
        today = timezone.localdate()
        for n in range(start, start + 4):
            place = ProjectPlace.objects.create(
                project=project, number=n, name=f"{n}号", geom=Point(121.31 + n / 1000, 29.85, srid=4326)
            )
            report = ProgressReport.objects.create(
                project=project, reported_on=today, text=f"进展{n}", author=officer, place=place
            )
            News.objects.create(project=project, kind="report", report=report, on=today, at=timezone.now())
        more_feedback(start)

    return make


def _queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
        assert answer.status_code == 200, answer.status_code
        b"".join(answer) if answer.streaming else answer.content
    return len(asked)


@pytest.mark.usefixtures("districts_kept")
@pytest.mark.parametrize(
    ("address", "rows", "who", "most"),
    [
        ("/projects/", "more_projects", None, 12),
        ("/projects/?near=西镇", "more_projects", None, 14),
        ("/projects/", "more_projects", "staff", 16),
        ("/projects/download.csv", "more_projects", None, 10),
        ("/projects/download.geojson", "more_projects", None, 10),
        ("/projects/feed.atom", "more_of_one", None, 6),
        ("/api/v1/projects/", "more_projects", None, 6),
        ("/projects/proposals/", "more_proposals", None, 8),
        ("/projects/proposals/", "more_proposals", "staff", 14),
        ("/projects/proposals/places.geojson", "more_proposals", None, 4),
        ("/projects/votes/", "more_votes", None, 4),
        ("/projects/feedback/?state=shown", "more_feedback", "staff", 14),
        ("/projects/2026-01/", "more_of_one", None, 30),
        ("/projects/2026-01/", "more_of_one", "officer", 40),
        ("/projects/2026-01/places/", "more_of_one", "officer", 14),
        ("/api/v1/projects/{pk}/", "more_of_one", None, 14),
    ],
)  # fmt: skip
def test_a_longer_list_asks_no_more(
    address: str, rows: str, who: str | None, most: int, project: Project, as_user: Callable[..., Client],
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    client = as_user(request.getfixturevalue(who) if who else None)
    make = request.getfixturevalue(rows)
    address = address.format(pk=project.pk)
    counts = []
    for start in (1, 11):
        make(start)
        _queries(client, address)  # the map of the places is kept between requests
        counts.append(_queries(client, address))
    assert counts[0] == counts[1] <= most


def test_the_rules_of_the_lights_are_one_question(
    staff: User, as_user: Callable[..., Client], project: Project
) -> None:
    client, counts = as_user(None), []
    for points in (31, 32, 33):
        rules.change(
            staff, "lights.red_above_points", points, effective_from=timezone.localdate(), reason=f"办法{points}"
        )
        counts.append(_queries(client, "/projects/lights/"))
    assert counts[1] == counts[2] <= 5
