"""Proposals: handed in by anybody, shown after a look, and what becomes of them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction

from accounts.models import Area, User
from accounts.notices.models import Notice
from geokit.refusal import BadInput, NotPermitted, StaleEdit
from ledger import chain
from ledger.models import ChainLink
from projects.models import Project, Proposal, ProposalEvent
from projects.proposals import review
from projects.proposals.queries import nearby
from projects.proposals.services import ProposalDraft, submit
from tests import roles
from ui.pictures.photos import PhotoRefused

WORDS = {"title": "建一处社区食堂", "text": "村里老人多，中午没有地方吃饭。", "category": "elderly"}
PLACE = {"lng": 121.32, "lat": 29.85}


@pytest.fixture
def proposal(world: Any) -> Proposal:
    return submit(ProposalDraft(**WORDS, **PLACE))


def _form(**given: Any) -> dict[str, Any]:
    return {**WORDS, "lng": "121.32", "lat": "29.85"} | given


def test_a_proposal_gets_a_number_a_town_and_an_event(proposal: Proposal, world: Any) -> None:
    assert proposal.number.endswith("-0001")
    assert (proposal.area, proposal.state) == (world.west_town, "new")
    assert [event.verb for event in proposal.events.all()] == ["propose"]


def test_without_a_map_the_village_that_the_address_names_is_the_place(world: Any) -> None:
    village = Point(121.33, 29.84, srid=4326)
    Area.objects.create(
        code="330203100201", name="葑里村村委会", level=Area.Level.VILLAGE, parent=world.west_town, point=village
    )
    near = submit(ProposalDraft(**WORDS, area=world.west_town, address="西镇葑里村村口"))
    far = submit(ProposalDraft(**WORDS | {"title": "建一座小公园"}, area=world.west_town, address="镇政府旁"))
    assert near.geom.coords == pytest.approx(village.coords)
    assert far.geom.coords == pytest.approx(world.west_town.point.coords)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": "食堂"}, "title"),
        ({"text": "要"}, "text"),
        ({"category": "wine"}, "category"),
        ({"lng": 120.0}, "lng"),
        ({"lng": float("nan")}, "lng"),
        ({"lng": None}, "area"),
    ],
)
def test_a_proposal_that_lacks_something_is_refused_beside_its_field(given: dict, field: str, world: Any) -> None:
    with pytest.raises(BadInput) as caught:
        submit(ProposalDraft(**{**WORDS, **PLACE} | given))
    assert field in [error.field for error in caught.value.errors]
    assert not Proposal.objects.exists()


def test_the_same_sent_twice_is_one_and_after_an_hour_two(proposal: Proposal, time_machine: Any) -> None:
    assert submit(ProposalDraft(**WORDS, **PLACE)).pk == proposal.pk
    time_machine.move_to(proposal.created_at + timedelta(seconds=3601))
    assert submit(ProposalDraft(**WORDS, **PLACE)).pk != proposal.pk


@pytest.mark.django_db(transaction=True)
def test_the_same_sent_twice_at_once_is_one_and_others_get_numbers_of_their_own(world: Any) -> None:
    def run(title: str) -> str:
        try:
            return submit(ProposalDraft(**WORDS | {"title": title}, **PLACE)).number
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(run, ["建一处社区食堂", "建一处社区食堂", "建一座小公园", "修一条绿道"]))
    assert numbers[0] == numbers[1]
    assert len(set(numbers)) == Proposal.objects.count() == 3


def test_what_is_near_is_named_with_its_distance_and_what_is_not_public_is_not(
    proposal: Proposal, project: Project, candidate: Project, staff: User
) -> None:
    here = Point(121.3205, 29.85, srid=4326)
    assert [near.title for near in nearby(here)] == ["西塘河综合整治"]
    review.publish(proposal.number, staff, proposal.version)
    assert {near.title: near.metres for near in nearby(here)} == {
        "建一处社区食堂": pytest.approx(48, abs=2),
        "西塘河综合整治": pytest.approx(48, abs=2),
    }
    assert nearby(Point(121.34, 29.85, srid=4326)) == []


def test_published_merged_adopted_declined_each_with_its_event(
    proposal: Proposal, candidate: Project, staff: User, world: Any
) -> None:
    other = submit(ProposalDraft(**WORDS | {"title": "再建一处食堂"}, **PLACE))
    third = submit(ProposalDraft(**WORDS | {"title": "修一条地铁"}, **PLACE))
    earlier = submit(ProposalDraft(**WORDS | {"title": "老人要有食堂"}, **PLACE))
    proposal = review.publish(proposal.number, staff, 1, "可行")
    other = review.publish(other.number, staff, 1)
    review.merge(earlier.number, staff, 1, other.number)
    review.merge(other.number, staff, 2, proposal.number, "同一件事")
    review.decline(third.number, staff, 1, "不属于区级事权")
    review.adopt(proposal.number, staff, 2, candidate, "列入")
    states = dict(Proposal.objects.values_list("title", "state"))
    ends = {"建一处社区食堂": "adopted", "再建一处食堂": "merged", "老人要有食堂": "merged", "修一条地铁": "declined"}
    assert states == ends
    assert set(candidate.proposals.values_list("pk", flat=True)) == {proposal.pk, other.pk, earlier.pk}
    assert chain.verify().faults == ()
    verbs = list(proposal.events.values_list("verb", flat=True))
    assert verbs == ["propose", "publish", "adopt"]


@pytest.mark.parametrize("who", ["deputy", "officer", "gis"])
def test_only_staff_decide(who: str, proposal: Proposal, request: pytest.FixtureRequest) -> None:
    with pytest.raises(NotPermitted):
        review.publish(proposal.number, request.getfixturevalue(who), 1)
    assert proposal.events.count() == 1


def test_a_stale_decision_and_one_that_is_over_are_refused(proposal: Proposal, staff: User) -> None:
    review.decline(proposal.number, staff, 1, "不可行")
    with pytest.raises(StaleEdit, match="未采纳"):
        review.publish(proposal.number, staff, 1)
    with pytest.raises(BadInput) as over:
        review.publish(proposal.number, staff, 2)
    assert over.value.code == "no-such-step"


def test_a_refusal_needs_a_reason_and_a_merge_another_that_is_open(proposal: Proposal, staff: User) -> None:
    with pytest.raises(BadInput) as reason:
        review.decline(proposal.number, staff, 1, " ")
    assert reason.value.code == "reason-missing"
    closed = submit(ProposalDraft(**WORDS | {"title": "别的食堂要建"}, **PLACE))
    for into in ("9999-9999", proposal.number, closed.number):
        with pytest.raises(BadInput) as wrong:
            review.merge(proposal.number, staff, 1, into)
        assert wrong.value.errors[0].field == "into"


def test_a_proposal_cannot_become_part_of_a_project_under_way(
    proposal: Proposal, project: Project, staff: User
) -> None:
    with pytest.raises(BadInput) as caught:
        review.adopt(proposal.number, staff, 1, project)
    assert caught.value.code == "no-candidate"


def test_the_database_holds_that_each_end_has_what_it_needs(proposal: Proposal) -> None:
    for state in ("adopted", "declined", "merged"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Proposal.objects.filter(pk=proposal.pk).update(state=state)


def test_the_deputy_is_told_and_a_mailbox_only_after_it_confirmed(world: Any, deputy: User, staff: User) -> None:
    own = submit(ProposalDraft(**WORDS, **PLACE), deputy=deputy)
    review.publish(own.number, staff, 1)
    assert Notice.objects.get(recipient=deputy).title == "您的项目建议已公开：建一处社区食堂"
    mail = submit(ProposalDraft(**WORDS | {"title": "修一条绿道"}, **PLACE, contact="someone@example.org"))
    phone = submit(ProposalDraft(**WORDS | {"title": "修一座小桥"}, **PLACE, contact="13800000000"))
    review.publish(mail.number, staff, 1)
    review.publish(phone.number, staff, 1)
    told = Notice.objects.filter(address__isnull=False)
    assert sorted(told.values_list("kind", flat=True)) == ["confirm-address", "project-proposal"]


def test_the_public_proposes_by_the_page_and_nobody_reads_it_before_the_staff_has(
    world: Any, as_user: Callable, deputy: User, staff: User
) -> None:
    sent = as_user(None).post("/projects/proposals/new/", _form(contact="13800000000"))
    proposal = Proposal.objects.get()
    assert sent["Location"] == f"/projects/proposals/{proposal.number}/sent/"
    status = as_user(None).get(sent["Location"]).content.decode()
    assert "已收到" in status and WORDS["title"] not in status
    for person in (None, deputy):
        assert as_user(person).get(proposal.get_absolute_url()).status_code == 404
        assert WORDS["title"] not in as_user(person).get("/projects/proposals/").content.decode()
        assert as_user(person).get("/projects/proposals/places.geojson").json()["features"] == []
    assert "13800000000" in as_user(staff).get(proposal.get_absolute_url()).content.decode()
    review.publish(proposal.number, staff, 1)
    page = as_user(None).get(proposal.get_absolute_url()).content.decode()
    assert WORDS["title"] in page and "13800000000" not in page
    assert len(as_user(None).get("/projects/proposals/places.geojson").json()["features"]) == 1


def test_what_is_near_is_shown_before_it_is_sent_and_then_it_goes(project: Project, as_user: Callable) -> None:
    client = as_user(None)
    first = client.post("/projects/proposals/new/", _form())
    page = first.content.decode()
    assert first.status_code == 200
    assert "附近已有 1 件" in page and "西塘河综合整治" in page and 'name="seen"' in page
    assert not Proposal.objects.exists()
    assert client.post("/projects/proposals/new/", _form(seen="on")).status_code == 302
    piece = client.get("/projects/proposals/nearby/?lng=121.32&lat=29.85").content.decode()
    assert "西塘河综合整治" in piece
    assert client.get("/projects/proposals/nearby/?lng=x&lat=").content == b""


def test_script_in_a_proposal_is_shown_as_words(world: Any, staff: User, as_user: Callable) -> None:
    script = "<script>alert(1)</script> 建一处食堂"
    proposal = submit(ProposalDraft(**WORDS | {"title": script, "text": script}, **PLACE))
    review.publish(proposal.number, staff, 1)
    for address in ("/projects/proposals/", proposal.get_absolute_url()):
        page = as_user(None).get(address).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


def test_a_photo_loses_its_name_and_a_file_that_is_none_is_refused(
    photo: SimpleUploadedFile, world: Any, staff: User, as_user: Callable
) -> None:
    refused = as_user(None).post(
        "/projects/proposals/new/", _form(photo=SimpleUploadedFile("a.jpg", b"GIF89a not a photo"))
    )
    assert (refused.status_code, Proposal.objects.count()) == (400, 0)
    assert "不是可以识别的照片" in refused.content.decode()
    as_user(None).post("/projects/proposals/new/", _form(photo=photo))
    proposal = Proposal.objects.get()
    assert "home" not in proposal.photo.name
    address = f"/projects/proposals/{proposal.number}/photo/"
    assert (as_user(None).get(address).status_code, as_user(staff).get(address).status_code) == (404, 200)
    with pytest.raises(PhotoRefused):
        submit(ProposalDraft(**WORDS | {"title": "别的建议一件"}, **PLACE), photo=SimpleUploadedFile("b.png", b"x"))


def test_many_proposals_from_one_address_are_held_up_and_a_deputys_are_not(
    world: Any, deputy: User, as_user: Callable, set_rule: Callable
) -> None:
    set_rule("limits.proposals_hour", 2)
    client = as_user(None)
    answers = [
        client.post("/projects/proposals/new/", _form(title=f"建一处社区食堂{n}", seen="on")).status_code
        for n in range(4)
    ]
    assert answers == [302, 302, 429, 429]
    assert Proposal.objects.count() == 2
    assert as_user(deputy).post("/projects/proposals/new/", _form(seen="on")).status_code == 302
    assert Proposal.objects.get(deputy=deputy)


def test_staff_adopt_by_the_page_into_a_new_candidate(
    proposal: Proposal, staff: User, as_user: Callable, world: Any
) -> None:
    address = f"/projects/proposals/{proposal.number}/adopt/"
    client = as_user(staff)
    missing = client.post(address, {"version": 1})
    assert (missing.status_code, "新建候选项目要填写这一项" in missing.content.decode()) == (400, True)
    form = {
        "version": 1, "name": "葑里社区食堂", "lead": world.water.pk, "budget_wan": 80,
        "starts_on": "2027-03-01", "ends_on": "2027-02-01", "text": "列入候选",
    }  # fmt: skip
    wrong = client.post(address, form)
    assert (wrong.status_code, Project.objects.count()) == (400, 0)
    assert client.post(address, form | {"ends_on": "2027-12-01"}).status_code == 302
    project = Project.objects.get()
    assert (project.status, project.code, project.area) == ("candidate", f"P{proposal.year}-01", world.west_town)
    assert project.stage_changes.get().after == "candidate"
    proposal.refresh_from_db()
    assert (proposal.state, proposal.project) == ("adopted", project)
    assert "列入候选" in as_user(None).get(proposal.get_absolute_url()).content.decode()


def test_a_stale_decision_on_the_page_is_a_conflict_that_is_shown(
    proposal: Proposal, staff: User, as_user: Callable
) -> None:
    review.publish(proposal.number, staff, 1)
    answer = as_user(staff).post(f"/projects/proposals/{proposal.number}/decline/", {"version": 1, "text": "不行"})
    assert answer.status_code == 409
    assert "请查看最新情况后再操作" in answer.content.decode()


def test_steps_of_proposals_are_in_the_chain_and_cannot_be_edited(proposal: Proposal, staff: User) -> None:
    review.publish(proposal.number, staff, 1)
    assert chain.verify().faults == ()
    assert ChainLink.objects.filter(table_name="projects_proposalevent").count() == 2
    with roles.owner_rights(), pytest.raises(IntegrityError), transaction.atomic():
        ProposalEvent.objects.filter(proposal=proposal).update(text="x")
