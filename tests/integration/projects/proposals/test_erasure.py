"""What a person proposed goes on a lawful ground, with what was made of it; the chain stays sound."""

from typing import Any

import pytest

from accounts.models import Notice
from geokit.refusal import NotPermitted
from ledger.chain import settle, verify
from ledger.chain.sql import ERASED
from projects.models import Proposal
from projects.proposals import review
from projects.proposals.erasure import erase_proposal
from projects.proposals.services import ProposalDraft, submit
from stations.models import Deputy, DutyRecord, Station
from tests.erased import GROUND, stored_anywhere

WORDS = {"title": "张三家门口装路灯", "text": "我是张三，晚上看不见路。", "category": "elderly"}
LEFT = {"lng": 121.32, "lat": 29.85, "address": "张三家", "contact": "zhang@example.org"}


@pytest.fixture
def proposal(world: Any, staff: Any) -> Proposal:
    made = submit(ProposalDraft(**WORDS, **LEFT))
    review.publish(made.number, staff, version=1)
    made.refresh_from_db()
    settle()
    return made


def test_a_proposal_is_erased_with_its_letters_and_what_it_is_found_by(
    proposal: Proposal, staff: Any, as_user: Any, django_capture_on_commit_callbacks: Any
) -> None:
    assert Notice.objects.filter(title__contains="张三").exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert erase_proposal(staff, proposal, GROUND) == 1
    assert stored_anywhere("张三") == stored_anywhere("zhang@example.org") == set()
    proposal.refresh_from_db()
    assert (proposal.title, proposal.contact, proposal.search_key, proposal.state) == (ERASED, "", "", "published")
    assert ERASED in as_user(None).get(proposal.get_absolute_url()).content.decode()
    assert verify(files=False).faults == ()


def test_the_duty_record_of_a_deputy_s_proposal_goes_with_it(world: Any, staff: Any, deputy: Any) -> None:
    station = Station.objects.create(
        code="S-1", name="西镇联络站", kind="town", area=world.west_town, address="1号", opening="15日",
        geom="POINT(121.32 29.85)",
    )  # fmt: skip
    Deputy.objects.create(code="D-1", name="陈一", station=station, user=deputy)
    made = submit(ProposalDraft(**WORDS, **LEFT), deputy=deputy)
    settle()
    assert DutyRecord.objects.filter(title__contains="张三").exists()
    erase_proposal(staff, made, GROUND)
    assert stored_anywhere("张三") == set()
    assert verify(files=False).faults == ()


@pytest.mark.parametrize("who", ["deputy", "officer", "gis"])
def test_only_staff_of_the_district_erase(who: str, request: Any, proposal: Proposal) -> None:
    with pytest.raises(NotPermitted):
        erase_proposal(request.getfixturevalue(who), proposal, GROUND)
