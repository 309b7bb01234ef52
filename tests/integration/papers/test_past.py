"""Motions and suggestions of former years, from a sheet: with their state and answers, by their number."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from accounts.loads import GivenRow
from accounts.loads.registry import declared
from accounts.loads.services import Answer, ReadFile, load_rows
from geokit.refusal import NotPermitted
from ledger.chain.declared import Touched
from papers.chain import handlings_follow_their_events, papers_follow_their_events
from papers.exchange import past
from papers.handling import services as handling
from papers.models import Paper
from papers.register import services as register
from papers.register.models import PaperEvent
from tests.integration.papers.conftest import TEXTS

ROW = {
    "number": "2025-J-7", "area": "330203", "title": "修缮示例桥的建议", "facts": "桥面破损。", "lead": "",
    "signers": "", "submitted_on": "2025-03-01", "state": "已办结", "departments": "water", "result": "a",
    "answered_on": "2025-05-20", "answer": "已修好。", "handling_rating": "满意", "outcome_rating": "基本满意",
}  # fmt: skip


@pytest.fixture
def load(congress: Any) -> Callable[..., Answer]:
    def load_(user: Any, *rows: dict[str, str]) -> Answer:
        given = [GivenRow(n, ROW | {"lead": congress.lead.code} | row) for n, row in enumerate(rows, start=2)]
        return load_rows(user, declared()["suggestions"], ReadFile("past.csv", b"", given))

    return load_


def test_a_settled_one_is_there_with_its_answer_and_ratings(
    load: Any, staff: Any, congress: Any, as_user: Any, world: Any
) -> None:
    answer = load(staff, {"signers": f"{congress.seats[0].code}、代表1"})
    assert answer.counts == {"stored": 1, "changed": 0, "same": 0, "refused": 0}, answer.outcomes
    paper = Paper.objects.get(number="2025-J-7")
    [one] = paper.handlings.all()
    assert (paper.state, one.state, one.result, str(one.answered_on)) == ("settled", "settled", "A", "2025-05-20")
    assert (paper.signatories.count(), timezone.localdate(paper.submitted_at).isoformat()) == (3, "2025-03-01")
    page = as_user(staff).get(paper.get_absolute_url()).content.decode()
    assert "补录以往的办理" in page and "已修好。" in page and "基本满意" in page
    assert load(staff, {"signers": f"{congress.seats[0].code}、代表1"}).counts["same"] == 1
    assert paper.number not in as_user(None).get("/papers/").content.decode()


def test_what_is_in_hand_goes_on_here(load: Any, staff: Any, officer: Any, congress: Any) -> None:
    row = {"number": "2026-J-1", "state": "待交办", "departments": ""}
    load(staff, row)
    in_hand = row | {"state": "办理中", "departments": "water", "due_on": "2099-01-05"}
    assert load(staff, in_hand).counts["changed"] == 1
    one = Paper.objects.get(number="2026-J-1").handlings.get()
    assert (one.state, str(one.due_on)) == ("assigned", "2099-01-05")
    handling.contact(officer, one, one.version, with_whom="张代表", how="phone", on=timezone.localdate(), text="已说明")
    assert list(PaperEvent.objects.order_by("pk").values_list("verb", flat=True)) == ["registered", "assigned"]
    assert not [*papers_follow_their_events(Touched()), *handlings_follow_their_events(Touched())]


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"lead": "没有这个人"}, "lead"),
        ({"departments": "没有的局"}, "department"),
        ({"departments": ""}, "departments"),
        ({"submitted_on": "2099-01-01"}, "submitted_on"),
        ({"submitted_on": "去年"}, "submitted_on"),
        ({"result": "E"}, "result"),
        ({"answered_on": "2024-01-01"}, "answered_on"),
        ({"handling_rating": "很好"}, "handling_rating"),
        ({"state": "起草联名"}, "state"),
        ({"title": ""}, "title"),
        ({"area": "330299"}, "area"),
    ],
)
def test_what_cannot_be_is_refused_by_row_and_column(load: Any, staff: Any, row: dict[str, str], field: str) -> None:
    answer = load(staff, row, {"number": "2025-J-8"})
    refused = next(one for one in answer.outcomes if one.number == 2)
    assert [error.field for error in refused.errors] == [field]
    assert [paper.number for paper in Paper.objects.all()] == ["2025-J-8"]


def test_what_was_entered_is_history(load: Any, staff: Any, filed: Paper) -> None:
    load(staff, {})
    for row in ({"title": "另一个题目"}, {"facts": "别的情况。"}, {"state": "待交办"}):
        assert load(staff, row).counts["refused"] == 1, row
    assert load(staff, {"number": filed.number, "title": "别的"}).outcomes[0].errors[0].code == "handled-here"
    filed.refresh_from_db()
    assert filed.title == "关于整治南塘河西镇段的建议"


def test_neither_a_town_s_staff_nor_others_enter_any(
    load: Any, world: Any, staff: Any, officer: Any, deputy: Any, gis: Any, congress: Any
) -> None:
    type(staff).objects.filter(pk=staff.pk).update(area=world.west_town)
    for person in (type(staff).objects.get(pk=staff.pk), officer, deputy, gis, None):
        with pytest.raises(NotPermitted):
            load(person, {})
        with pytest.raises(NotPermitted):
            past.write(person, GivenRow(2, ROW | {"lead": congress.lead.code}))
    assert not Paper.objects.exists()


def test_numbers_of_another_kind_do_not_stop_the_next_one(
    load: Any, staff: Any, deputy: Any, congress: Any, draft: Paper
) -> None:
    year = timezone.localdate().year
    kept = [f"{year}-J{rest}" for rest in ("-7", "12号", "0003")]
    load(staff, *({"number": number} for number in kept))
    assert register.submit(deputy, draft, draft.version).number == f"{year}-J0004"
    load(staff, {"number": f"{year}-J9999"})
    for number in (10_000, 10_001):
        paper = register.begin(deputy, congress.lead, **TEXTS)
        assert register.submit(deputy, paper, paper.version).number == f"{year}-J{number}"
