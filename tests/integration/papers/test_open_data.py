"""Open data of papers: what the public may read, in full text, by the filters of the list."""

import csv
import io
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from accounts.looking import looked_at
from papers.exchange import open_data
from papers.models import Paper
from tests.integration.papers.conftest import ANSWER, TEXTS


def _rows(client: Any, **asked: Any) -> list[dict[str, str]]:
    answer = client.get("/papers/open.csv", asked)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode().removeprefix("\ufeff"))))


def test_open_data_has_the_text_and_the_answer_of_what_is_published_for_whoever_asks(
    delivered: Any, staff: Any, as_user: Callable, client: Any
) -> None:
    paper = delivered.paper
    assert (_rows(client), _rows(as_user(staff))) == ([], [])
    Paper.objects.filter(pk=paper.pk).update(is_public=True, title="=1+1 关于整治")
    (row,) = _rows(client)
    assert (row["编号"], row["题目"], row["方案或意见"]) == (paper.number, "'=1+1 关于整治", TEXTS["request"])
    assert (row["办理结果"], ANSWER["text"] in row["答复"], row["许可"]) == ("A", True, "CC-BY-4.0")
    answer = client.get("/papers/open.json")
    body = answer.json()
    assert 'rel="license"' in answer["Link"]
    assert body["license"].startswith("https://creativecommons.org/")
    assert body["papers"][0]["answers"][0]["text"] == ANSWER["text"]
    for inner in ("王工", "87654321", "当面说明方案", "an-officer"):
        assert inner not in answer.content.decode()
    year = timezone.localdate().year
    assert len(_rows(client, year=year, department="water")) == 1
    for narrower in (
        {"year": year - 1},
        {"department": "ecology"},
        {"area": "330203101"},
        {"year": "x"},
    ):
        assert _rows(client, **narrower) == []


def test_open_data_reads_as_the_public_of_the_district_that_is_shown(
    staff: Any, as_user: Callable, monkeypatch: Any
) -> None:
    readers, real = [], open_data.answers_visible_to
    monkeypatch.setattr(open_data, "answers_visible_to", lambda reader: readers.append(reader) or real(reader))
    _rows(as_user(staff))
    assert [(one.is_authenticated, one.choice.area) for one in readers] == [(False, looked_at(staff))]
