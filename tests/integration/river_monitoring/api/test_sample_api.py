"""Samples by the API: a department's token, the same again, lists with a report per row, units."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.test import Client
from django.utils import timezone as here

from accounts.models import ApiToken
from accounts.tokens import services as tokens
from river_monitoring.samples.models import Sample
from tests.integration.river_monitoring.conftest import BAD, GOOD

URL = "/api/v1/samples/"


@pytest.fixture
def token(officer):
    def issue(*scopes):
        until = here.localdate() + timedelta(days=30)
        _row, text = tokens.issue(
            officer, department=officer.department, name="实验室", scopes=scopes, expires_on=until
        )
        return text

    return issue


@pytest.fixture
def send(token):
    """Post JSON with a token that may write samples."""
    text = token(ApiToken.Scope.SAMPLES)

    def post(body, authorization=None):
        headers = {"authorization": authorization or f"Bearer {text}"}
        return Client(headers=headers).post(URL, body, "application/json")

    return post


def body_of(point, readings=BAD, hours_ago=2, **more):
    at = (here.now() - timedelta(hours=hours_ago)).isoformat()
    return {"point": point.code, "phenomenon_time": at, "readings": readings, **more}


def codes_of(response):
    return {(error["field"], error["code"]) for error in response.json()["errors"]}


def test_a_departments_program_hands_in_a_sample_and_hears_its_class(send, point, officer):
    answer = send(body_of(point))
    assert answer.status_code == 201, answer.content
    assert (answer.json()["class"], answer.json()["limiting"]) == (6, ["nh3n"])
    assert Sample.objects.get().recorded_by.department == officer.department
    point.refresh_from_db()
    assert point.current_class == 6


@pytest.mark.parametrize("scopes", [["read"], ["projects:write"]])
def test_a_token_without_the_scope_is_refused(send, token, point, scopes):
    answer = send(body_of(point), f"Bearer {token(*scopes)}")
    assert answer.status_code == 403
    assert not Sample.objects.exists()


def test_a_wrong_token_is_refused(send, point):
    assert send(body_of(point), "Bearer hs_wrong").status_code == 401
    assert not Sample.objects.exists()


def test_a_token_reaches_the_points_of_its_own_department_only(send, make_point, world):
    foreign = make_point("FOREIGN", department=world.ecology)
    answer = send(body_of(foreign))
    assert answer.status_code == 403
    assert codes_of(answer) == {("point", "not-permitted")}


def test_the_same_again_changes_nothing_and_is_no_error(send, point):
    body = body_of(point)
    first, second = send(body), send(body)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    assert Sample.objects.count() == 1


def test_another_sample_of_the_same_time_conflicts_and_changes_nothing(send, point):
    body = body_of(point)
    send(body)
    answer = send(body | {"readings": GOOD})
    assert answer.status_code == 409
    assert codes_of(answer) == {("phenomenon_time", "sample-differs")}
    assert Sample.objects.get().water_class == 6


def test_what_was_corrected_since_is_not_brought_back_by_sending_it_again(send, point, officer):
    from river_monitoring.samples.services import correct_sample

    body = body_of(point)
    sample = Sample.objects.get(pk=send(body).json()["id"])
    correct_sample(sample.pk, GOOD, "实验室复核", officer)
    assert send(body).status_code == 200
    sample.refresh_from_db()
    assert sample.water_class == 2


def test_a_list_is_taken_in_row_by_row_with_a_report(send, point, make_point):
    second = make_point("P-2")
    rows = [
        body_of(point, GOOD),
        body_of(second, GOOD | {"ph": "77"}),
        body_of(second, {"hg": 0.05}),
        {"point": "NONE", "phenomenon_time": "2026-01-05", "readings": GOOD},
        "no object",
        body_of(second, GOOD, phenomenon_time="gestern"),
    ]
    answer = send(rows)
    report = answer.json()
    assert answer.status_code == 207
    assert [report[name] for name in ("stored", "duplicate", "review", "refused")] == [1, 0, 1, 4]
    assert [row["outcome"] for row in report["rows"]] == [
        "stored",
        "refused",
        "review",
        "refused",
        "refused",
        "refused",
    ]
    found = [row["errors"][0]["field"] for row in report["rows"][1:]]
    assert found == ["ph", "hg", "point", "", "phenomenon_time"]
    assert all(error["message"] for row in report["rows"][1:] for error in row["errors"])
    again = send(rows[:1])
    assert (again.status_code, again.json()["duplicate"]) == (200, 1)
    assert Sample.objects.count() == 1


def test_an_unusual_value_waits_for_confirmation(send, point):
    body = body_of(point, {"hg": "0.05"})
    asked = send(body)
    assert (asked.status_code, asked.json()["code"]) == (400, "unusual-values")
    assert codes_of(asked) == {("hg", "unusual-value")}
    assert send(body | {"confirmed": "yes"}).status_code == 400
    assert send(body | {"confirmed": True}).status_code == 201


def test_units_are_converted_and_an_unknown_one_is_refused(send, point):
    assert send(body_of(point, {"hg": "0.05L"}, units={"hg": "μg/L"})).status_code == 201
    assert Sample.objects.get().readings == {"hg": "0.00005L"}
    answer = send(body_of(point, {"hg": "0.05"}, 3, units={"hg": "ppb"}))
    assert (answer.status_code, codes_of(answer)) == (400, {("units.hg", "unit-unknown")})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"readings": []}, "readings"),
        ({"readings": "7.2"}, "readings"),
        ({"readings": {"ph": [7]}}, "ph"),
        ({"readings": {"ph": True}}, "ph"),
        ({"point": None}, "point"),
        ({"point": 7}, "point"),
        ({"phenomenon_time": ""}, "phenomenon_time"),
        ({"source": "dream"}, "source"),
    ],
)
def test_a_body_of_the_wrong_shape_names_the_field(send, point, change, field):
    answer = send(body_of(point) | change)
    assert answer.status_code == 400
    assert {error["field"] for error in answer.json()["errors"]} == {field}
    assert not Sample.objects.exists()


def test_too_long_a_list_is_refused_whole(send, point):
    assert send([body_of(point)] * 1001).status_code == 413
    assert not Sample.objects.exists()


def test_upstream_and_downstream_and_chiefs_are_told(client, point, river):
    assert client.get(f"/api/v1/monitoring-points/{point.pk}/upstream/").json() == []
    assert client.get(f"/api/v1/monitoring-points/{point.pk}/downstream/").json() == []
    assert client.get(f"/api/v1/rivers/{river.pk}/chiefs/").json() == []
    told = client.get(f"/api/v1/rivers/{river.pk}/").json()
    assert told["length_m"] == pytest.approx(3650, abs=10)
    assert told["surface_m2"] is None


def test_a_token_cannot_claim_to_be_a_station_nor_another_party(send, point):
    claimed = send(body_of(point, source="automatic"))
    assert (claimed.status_code, codes_of(claimed)) == (400, {("source", "source-not-yours")})
    other = send(body_of(point, party="生态环境分局"))
    assert (other.status_code, codes_of(other)) == (400, {("party", "party-not-yours")})
    listed = send([body_of(point, source="automatic"), body_of(point, party="ecology")]).json()
    assert [row["errors"][0]["code"] for row in listed["rows"]] == ["source-not-yours", "party-not-yours"]
    assert not Sample.objects.exists()


def test_who_measured_is_answered(send, point):
    facts = {"laboratory": "示例检测", "method": "HJ 535-2009", "report_number": "R-1"}
    limits = {"hg": "0.04", "nh3n": 0.025}
    answer = send(body_of(point, GOOD | {"hg": "0.04L"}, detection_limits=limits, units={"hg": "ug/L"}, **facts)).json()
    assert {name: answer[name] for name in facts} == facts
    assert answer["detection_limits"] == {"hg": "0.00004", "nh3n": "0.025"}
    assert (answer["party"], answer["party_name"], answer["by_works"]) == ("water", "区水利局", True)
    assert (answer["quality"], answer["historic"]) == ("unquestioned", False)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"laboratory": 7}, "laboratory"),
        ({"detection_limits": ["0.025"]}, "detection_limits"),
        ({"detection_limits": {"nh3n": True}}, "detection_limits.nh3n"),
        ({"detection_limits": {"nh3n": "-1"}}, "detection_limits.nh3n"),
        ({"laboratory": "长" * 81}, "laboratory"),
    ],
)
def test_facts_of_the_wrong_shape_are_named(send, point, change, field):
    answer = send(body_of(point) | change)
    assert answer.status_code == 400
    assert {error["field"] for error in answer.json()["errors"]} == {field}


def test_what_is_far_from_the_points_history_is_taken_and_said_to_be_questioned(send, point, sample):
    for month in range(14):
        sample(point, GOOD | {"nh3n": f"0.{30 + month % 5}"}, days_ago=20 + 30 * month)
    answer = send(body_of(point, GOOD | {"nh3n": "1.9"}, confirmed=True))
    assert (answer.status_code, answer.json()["quality"]) == (201, "questioned")
    listed = send([body_of(point, GOOD | {"nh3n": "1.8"}, 5)]).json()
    assert (listed["stored"], listed["rows"][0]["quality"]) == (1, "questioned")


def test_an_old_sample_is_refused_by_the_api_too(send, point, max_age):
    max_age(30)
    answer = send(body_of(point, hours_ago=24 * 40))
    assert (answer.status_code, codes_of(answer)) == (400, {("phenomenon_time", "too-long-ago")})


def test_a_zone_that_the_database_does_not_know_is_read_and_no_other_row_is_lost(send, point):
    far = timezone(timedelta(hours=20))
    at = (datetime.now(far) - timedelta(hours=3)).replace(microsecond=0)
    answer = send([body_of(point, hours_ago=2), body_of(point) | {"phenomenon_time": at.isoformat()}])
    assert (answer.status_code, answer.json()["stored"]) == (201, 2)
    assert Sample.objects.filter(phenomenon_time=at.astimezone(UTC)).exists()
    edge = send(body_of(point) | {"phenomenon_time": "0001-01-01T00:00:00+20:00"})
    assert (edge.status_code, codes_of(edge)) == (400, {("phenomenon_time", "unreadable-time")})
