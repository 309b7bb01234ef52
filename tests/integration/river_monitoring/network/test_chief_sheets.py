"""Chiefs as a sheet: who left a post and came back to it stands there twice, out and back in."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from accounts.loads.registry import declared
from accounts.loads.services import Answer, load_rows, undo
from accounts.models import User
from geo_portal.setup.reading import read_file
from geo_portal.setup.row_sheets import rows_of
from river_monitoring.network.models import Chief, River

HEAD = "河流编码,层级,姓名,公开电话,任职日期,离任日期\n"
FIRST, SECOND = "NTH,县级,虚构甲,0999-1,2016-01-01,2018-12-31\n", "NTH,县级,虚构甲,0999-2,2021-01-01,\n"
BETWEEN = "NTH,县级,虚构乙,,2019-01-01,2020-12-31\n"

type Load = Callable[[str], Answer]


@pytest.fixture(params=[True, False], ids=["together", "row by row"])
def load(request: Any, staff: User, river: River, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    if not request.param:
        monkeypatch.setattr("accounts.loads.services.is_beside", lambda: True)

    def load_(text: str) -> Answer:
        path, dataset = tmp_path / "chiefs.csv", declared()["chiefs"]
        path.write_text(text, encoding="utf-8")
        return load_rows(staff, dataset, read_file(dataset, path.name, path))

    return load_


def terms() -> list[tuple[str, str, str, str]]:
    said = [declared()["chiefs"].cells(chief) for chief in Chief.objects.all()]
    return sorted((one["name"], one["since"], one["until"], one["public_phone"]) for one in said)


def exported() -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows_of(declared()["chiefs"]))
    return text.getvalue()


BOTH = [("虚构甲", "2016-01-01", "2018-12-31", "0999-1"), ("虚构甲", "2021-01-01", "", "0999-2")]


def test_two_terms_of_one_chief_leave_and_come_back(load: Load) -> None:
    answer = load(HEAD + FIRST + BETWEEN + SECOND)
    assert answer.counts == {"stored": 3, "changed": 0, "same": 0, "refused": 0}, answer.outcomes
    stored, sheet = terms(), exported()
    assert [one for one in stored if one[0] == "虚构甲"] == BOTH
    again = load(sheet)
    assert again.counts == {"stored": 0, "changed": 0, "same": 3, "refused": 0}, again.outcomes
    assert (again.missing, again.load) == ([], None)
    Chief.objects.all().delete()
    assert load(sheet).counts["stored"] == 3 and terms() == stored


def test_a_day_is_corrected_and_a_row_without_it_changes_the_term_in_office(load: Load) -> None:
    load(HEAD + FIRST + SECOND)
    answer = load(HEAD + SECOND.replace("2021-01-01", "2021-02-01"))
    assert answer.counts == {"stored": 0, "changed": 1, "same": 0, "refused": 0}, answer.outcomes
    answer = load("河流编码,层级,姓名,公开电话\nNTH,县级,虚构甲,0999-3\n")
    assert answer.counts == {"stored": 0, "changed": 1, "same": 0, "refused": 0}, answer.outcomes
    assert terms() == [BOTH[0], ("虚构甲", "2021-02-01", "", "0999-3")]
    leaves = "河流编码,层级,姓名,离任日期\nNTH,县级,虚构甲,2025-12-31\n"
    assert load(leaves).counts["changed"] == 1
    assert load(leaves).counts["same"] == 1
    assert terms() == [BOTH[0], ("虚构甲", "2021-02-01", "2025-12-31", "0999-3")]


def test_nobody_is_in_office_twice_under_one_name(load: Load) -> None:
    answer = load(HEAD + SECOND + FIRST.replace("2018-12-31", "") + SECOND.replace("甲", "丙"))
    refused = [outcome for outcome in answer.outcomes if outcome.errors]
    assert {outcome.errors[0].code for outcome in refused} == {"in-office"}
    assert Chief.objects.filter(until=None).count() == 1


@pytest.mark.parametrize("sheet", [FIRST + SECOND, SECOND + FIRST], ids=["in order", "newest first"])
def test_a_load_of_two_terms_is_taken_back(load: Load, staff: User, sheet: str) -> None:
    answer = load(HEAD + sheet)
    assert terms() == BOTH and answer.load is not None
    assert undo(staff, answer.load.pk)[1:] == (2, 0)
    assert terms() == []


@pytest.mark.parametrize("sheet", [FIRST + SECOND, SECOND + FIRST], ids=["in order", "newest first"])
def test_a_load_that_ends_a_term_and_begins_the_next_is_taken_back_to_the_first(
    load: Load, staff: User, sheet: str
) -> None:
    load(HEAD + FIRST.replace("2018-12-31", ""))
    before = terms()
    answer = load(HEAD + sheet)
    assert answer.counts == {"stored": 1, "changed": 1, "same": 0, "refused": 0}, answer.outcomes
    assert terms() == BOTH and answer.load is not None
    assert undo(staff, answer.load.pk)[1:] == (2, 0)
    assert terms() == before


def test_a_first_day_that_was_not_known_is_taken_back_to_none(load: Load, staff: User) -> None:
    load("河流编码,层级,姓名\nNTH,县级,虚构甲\n")
    answer = load("河流编码,层级,姓名,任职日期\nNTH,县级,虚构甲,2021-01-01\n")
    assert terms() == [("虚构甲", "2021-01-01", "", "")] and answer.load is not None
    assert load("河流编码,层级,姓名,任职日期\nNTH,县级,虚构甲,\n").counts["same"] == 1  # an empty cell says nothing
    assert undo(staff, answer.load.pk)[1:] == (1, 0)
    assert terms() == [("虚构甲", "", "", "")]
