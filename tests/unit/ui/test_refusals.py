"""One table from refusals to statuses, one JSON shape."""

import json

import pytest
from rest_framework.exceptions import ErrorDetail, ValidationError

from geokit.refusal import (
    BadInput,
    Busy,
    FieldError,
    MissingEvidence,
    NotPermitted,
    Refusal,
    StaleEdit,
    TooLarge,
)
from ui import refusals


@pytest.mark.parametrize(
    ("refusal", "status"),
    [(BadInput, 400), (NotPermitted, 403), (StaleEdit, 409), (TooLarge, 413), (MissingEvidence, 422), (Busy, 503)],
)
def test_each_kind_of_refusal_has_its_status(refusal, status):
    assert refusals.status_of(refusal("不行")) == status


def test_every_kind_of_refusal_has_a_status():
    def kinds(parent):
        return {parent}.union(*(kinds(child) for child in parent.__subclasses__()))

    assert all(refusals.status_of(kind("不行")) for kind in kinds(Refusal))


def test_a_refusal_becomes_a_problem_with_its_fields():
    refusal = MissingEvidence("缺少佐证", errors=[FieldError("after", "missing", "缺治理后照片")])
    answer = refusals.problem_json(refusals.refusal_body(refusal))
    assert answer["Content-Type"] == "application/problem+json"
    assert json.loads(answer.content) == {
        "type": "about:blank",
        "title": "missing-evidence",
        "status": 422,
        "detail": "缺少佐证",
        "code": "missing-evidence",
        "errors": [{"field": "after", "code": "missing", "message": "缺治理后照片"}],
    }


def test_busy_says_when_to_come_again():
    assert refusals.problem_json(refusals.refusal_body(Busy("稍后")))["Retry-After"] == "2"


def test_nested_input_errors_are_flattened_to_field_paths():
    error = ValidationError({"place": {"lng": [ErrorDetail("不是数字", code="invalid")]}, "text": ["必填"]})
    answer = refusals.problem_response(error, {"view": None, "request": None})
    assert answer.status_code == 400
    assert [(entry["field"], entry["message"]) for entry in answer.data["errors"]] == [
        ("place.lng", "不是数字"),
        ("text", "必填"),
    ]


def test_errors_of_a_list_of_objects_begin_with_the_place_of_each():
    wrong = ErrorDetail("不是数字", code="invalid")
    error = ValidationError([{}, {"value": [wrong]}, {"value": [wrong], "tags": {0: [wrong]}}])
    answer = refusals.problem_response(error, {"view": None, "request": None})
    assert [entry["field"] for entry in answer.data["errors"]] == ["1.value", "2.value", "2.tags.0"]


def test_a_defect_is_not_dressed_up_as_a_refusal():
    assert refusals.problem_response(RuntimeError("bug"), {"view": None, "request": None}) is None


def test_the_page_for_our_own_failure_asks_nothing_of_the_database(rf, settings):
    """Without the `db` fixture any query would raise here, as it does when the database is down."""
    answer = refusals.server_error(rf.get("/map/"))
    assert answer.status_code == 500
    assert "<h1" in answer.content.decode()
    assert refusals.server_error(rf.get("/api/v1/projects/"))["Content-Type"] == "application/problem+json"
