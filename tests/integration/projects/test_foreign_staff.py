"""Staff of one town: what is another town's or the whole district's is not theirs to change."""

from datetime import date, timedelta

import pytest
from django.contrib.gis.geos import Point
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from accounts.rules import services as rules
from geokit.refusal import NotPermitted
from projects.models import PaperCount, Project, Proposal, VoteSession
from projects.proposals import review
from projects.proposals.recommendations import record_recommendation
from projects.ratings.models import Rating
from projects.ratings.services import Counts, enter_paper_count
from projects.stages.candidates import CandidateDraft, create_candidate
from projects.stages.services import move_project
from projects.voting import services as voting
from projects.voting.drafts.services import begin_runoff

PLACE = Point(121.38, 29.86, srid=4326)
DAYS = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 1)}


@pytest.fixture
def west_staff(world):
    return User.objects.create_user("west-staff", role=Role.STAFF, area=world.west_town)


@pytest.fixture
def eastern(world):
    return Project.objects.create(
        code="EAST", name="东镇项目", year=2026, category="water", lead=world.water, area=world.east_town, geom=PLACE,
        status="rated", **DAYS,
    )  # fmt: skip


@pytest.fixture
def proposal(world):
    return Proposal.objects.create(
        number="2026-0009", year=2027, title="食堂", text="要", category="elderly", area=world.east_town, geom=PLACE
    )


@pytest.fixture
def vote(world):
    opens = timezone.now() - timedelta(days=9)
    return VoteSession.objects.create(
        title="票决", year=2027, area=world.district, places=1, opens_at=opens, closes_at=opens + timedelta(days=1)
    )


def test_counts_on_paper_are_entered_by_staff_of_the_place(eastern, west_staff, staff, set_rule):
    given = (Rating.Voter.PUBLIC, Counts(5, 4, 3, 2), date(2026, 3, 1), "测评会")
    set_rule("projects.electors", "330203 100")
    with pytest.raises(NotPermitted):
        enter_paper_count(eastern.pk, west_staff, *given, sheet="1")
    assert not PaperCount.objects.exists()
    assert enter_paper_count(eastern.pk, staff, *given, sheet="1").satisfied == 5


def test_candidates_are_the_districts(world, west_staff, staff):
    draft = CandidateDraft(
        name="新", year=2027, category="water", lead=world.water, area=world.west_town, geom=PLACE, **DAYS
    )
    with pytest.raises(NotPermitted):
        create_candidate(draft, west_staff, "征集")
    assert create_candidate(draft, staff, "征集").pk


def test_votes_are_called_and_closed_for_the_whole_district(world, vote, west_staff, staff):
    terms = voting.Terms("票决", 2027, world.district, 1, timezone.now(), timezone.now() + timedelta(days=1))
    with pytest.raises(NotPermitted):
        voting.call_vote(terms, [], west_staff)
    with pytest.raises(NotPermitted):
        voting.close_vote(vote.pk, west_staff)
    with pytest.raises(NotPermitted):
        begin_runoff(vote.pk, timezone.now(), timezone.now() + timedelta(days=1), west_staff)
    assert voting.close_vote(vote.pk, staff).cast == 0


def test_the_rule_of_the_lights_is_the_districts(west_staff, staff):
    today = timezone.localdate()
    with pytest.raises(NotPermitted):
        rules.change(west_staff, "lights.red_above_points", 15, effective_from=today, reason="办法")
    assert rules.change(staff, "lights.red_above_points", 15, effective_from=today, reason="办法").value == 15


def test_proposals_are_reviewed_by_staff_of_the_place(proposal, west_staff, staff):
    with pytest.raises(NotPermitted):
        review.decline(proposal.number, west_staff, proposal.version, "不宜")
    assert review.publish(proposal.number, staff, proposal.version).state == "published"


def test_stages_are_moved_by_staff_of_the_place(eastern, west_staff):
    Project.objects.update(status="building")
    with pytest.raises(NotPermitted):
        move_project(eastern.pk, west_staff, "supervised", "完成", eastern.version)


def test_a_streets_vote_is_entered_by_its_own_staff(world, eastern, west_staff):
    Project.objects.update(status="candidate")
    values = {"area": world.east_town, "met_on": date(2026, 3, 1), "members": 9, "present": 9, "in_favour": 9,
              "opposed": 0, "abstained": 0}  # fmt: skip
    with pytest.raises(NotPermitted):
        record_recommendation(eastern.pk, west_staff, **values)


DISTRICT_PAGES = ("projects:call_vote", "projects:new_candidate")


@pytest.mark.parametrize("route", DISTRICT_PAGES)
def test_pages_of_the_district_are_missing_for_staff_of_a_town(as_user, west_staff, staff, route):
    assert as_user(west_staff).get(reverse(route)).status_code == 404
    assert as_user(west_staff).post(reverse(route)).status_code == 404
    for page in ("/work/", "/me/"):
        assert reverse(route) not in as_user(west_staff).get(page).content.decode()
    assert as_user(staff).get(reverse(route)).status_code == 200


def test_what_is_anothers_is_missing_for_staff_of_a_town(as_user, west_staff, eastern, vote, proposal):
    client = as_user(west_staff)
    posts = {
        reverse("projects:close_vote", args=[vote.pk]): 404,
        reverse("projects:call_runoff", args=[vote.pk]): 404,
        reverse("projects:paper_count", args=[eastern.code]): 404,
        reverse("projects:stage", args=[eastern.code]): 404,
        reverse("projects:review_proposal", args=[proposal.number, "publish"]): 404,
    }
    assert {path: client.post(path).status_code for path in posts} == posts
    page = client.get(reverse("projects:vote", args=[vote.pk])).content.decode()
    assert reverse("projects:close_vote", args=[vote.pk]) not in page
