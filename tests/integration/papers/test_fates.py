"""What became of a deputy's own papers, on her own page: where each stands, and who must do what by when."""

from typing import Any

import pytest
from django.utils.formats import date_format

from accounts.models import User
from papers.inbox import fates_of
from papers.register import services as register
from papers.register.models import Paper
from tests.data.cast import person, seat
from tests.integration.papers.conftest import TEXTS
from tests.queries import asked

pytestmark = pytest.mark.django_db
TITLE = TEXTS["title"]


def page(client: Any) -> str:
    answer = client.get("/me/")
    assert answer.status_code == 200
    return answer.content.decode()


def turns(user: User) -> tuple[str, ...]:
    return fates_of(user, 5)[0].turns


def test_who_has_filed_nothing_is_told_what_would_stand_here_and_how_to_begin(world: Any, as_user: Any) -> None:
    fresh = person("fresh-deputy", "deputy")
    seat(fresh, world.district)
    text = page(as_user(fresh))
    assert "您还没有提出建议" in text and 'href="/papers/new/"' in text and 'href="/report/"' in text
    assert "还没有关注任何一条河" in text and "还没有学习资料" in text


def test_where_she_sits_stands_on_her_page(congress: Any, deputy: User, as_user: Any) -> None:
    congress.lead.committee = "城建环资委"
    congress.lead.save(update_fields=["committee"])
    text = page(as_user(deputy))
    assert str(congress.of) in text and "西镇代表小组" in text and "城建环资委" in text


def test_a_draft_waits_for_its_lead(deputy: User, draft: Paper, as_user: Any) -> None:
    assert turns(deputy) == ("轮到您：写好文本，联名够了就提交。",)
    text = page(as_user(deputy))
    assert TITLE in text and "轮到您：写好文本" in text


def test_what_was_filed_waits_for_staff(deputy: User, filed: Paper) -> None:
    assert turns(deputy) == ("轮到人大工作人员：审查。",)


def test_what_an_organ_has_names_it_and_its_day(deputy: User, assigned: Any) -> None:
    due = date_format(assigned.due_on)
    assert turns(deputy) == (f"轮到{assigned.department.short_name}：答复，期限 {due}。",)


def test_an_answer_waits_for_her_rating(deputy: User, delivered: Any) -> None:
    assert turns(deputy) == (f"轮到您：评价{delivered.department.short_name}的答复。",)


def test_a_co_signer_is_told_that_the_lead_is_next(deputy: User, congress: Any, draft: Paper) -> None:
    signer = congress.seats[0].person.user
    register.invite(deputy, draft, draft.version, members=congress.seats[:2])
    assert fates_of(signer, 5) == []  # a draft that she was asked to sign is not hers
    draft.refresh_from_db()
    draft = register.confirm(signer, draft, draft.text_version)
    register.submit(deputy, draft, draft.version)
    assert fates_of(congress.seats[1].person.user, 5) == []  # she was asked and has not signed
    assert turns(signer) == ("轮到人大工作人员：审查。",)


def test_papers_of_others_stand_on_nobody_elses_page(filed: Paper, congress: Any, as_user: Any, staff: User) -> None:
    other = congress.seats[5].person.user
    assert fates_of(other, 5) == [] and TITLE not in page(as_user(other))
    assert fates_of(staff, 5) == [] and "me-fates" not in page(as_user(staff))


def test_the_page_asks_as_often_for_many_papers_as_for_one(deputy: User, congress: Any, as_user: Any) -> None:
    client = as_user(deputy)
    register.begin(deputy, congress.lead, **TEXTS)
    few = asked(client, "/me/")
    for number in range(4):
        register.begin(deputy, congress.lead, **TEXTS | {"title": f"建议{number}"})
    assert asked(client, "/me/") == few
