"""A patrol that began, ran and ended without signal arrives later, in order, once, and as its walker's own."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from inspections.models import Patrol, PatrolFinding
from inspections.patrols import services
from tests.integration.inspections.conftest import LAT, fixes, photo

pytestmark = pytest.mark.django_db

JSON = {"Accept": "application/json"}
WALKED = timedelta(minutes=13)


def found(**more):
    given = {"client_id": str(uuid4()), "kind": "outfall", "text": "晴天有水流出", "lng": "121.312", "lat": str(LAT)}
    return given | more


def begun(client, began, number=None, **headers):
    given = {"client_id": str(number or uuid4()), "capacity": "deputy", "began_at": began.isoformat()}
    return client.post("/api/v1/patrols/", given, headers=JSON | headers)


def test_a_walk_without_signal_arrives_whole_and_sending_it_twice_changes_nothing(as_user, deputy, reach):
    client, number, began = as_user(deputy), uuid4(), timezone.now() - timedelta(hours=3)
    whose = {"X-Filed-As": str(deputy.pk)}
    base = f"/api/v1/patrols/{number}"
    track = {"client_id": str(uuid4()), "points": fixes(26, began)}
    sent = found(photos=[photo()], seen_at=(began + timedelta(minutes=5)).isoformat())
    for _ in range(2):
        assert begun(client, began, number, **whose).status_code in (200, 201)
        answer = client.post(f"{base}/track/", track, "application/json", headers=whose)
        assert answer.json()["points"] == 26
        sent["photos"][0].seek(0)
        answer = client.post(f"/patrols/{number}/find/", sent, headers=JSON | whose)
        assert (answer.status_code, len(answer.json()["photos"]["arrived"])) == (201, 1)
        answer = client.post(f"{base}/stop/", {"ended_at": (began + WALKED).isoformat()}, headers=whose)
        assert answer.status_code == 200
    patrol = Patrol.objects.get()
    assert (patrol.started_at, patrol.ended_at) == (began, began + WALKED)
    assert patrol.length_m == pytest.approx(970, rel=0.02)
    assert PatrolFinding.objects.get().seen_at == parse_datetime(sent["seen_at"])
    assert patrol.events.get(verb="started").at > began + timedelta(hours=2)


@pytest.mark.parametrize("ago", [timedelta(hours=49), timedelta(hours=-1)])
def test_a_start_long_ago_or_to_come_is_refused(as_user, deputy, ago):
    answer = begun(as_user(deputy), timezone.now() - ago)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-start")
    assert not Patrol.objects.exists()


def test_a_time_at_the_edge_of_the_calendar_is_refused(as_user, deputy, walk):
    client, patrol = as_user(deputy), walk(ended=False)
    began = {"client_id": str(uuid4()), "began_at": "0001-01-01T00:00:00"}
    for address, body, field in (
        ("/api/v1/patrols/", began, "began_at"),
        (f"/api/v1/patrols/{patrol.pk}/stop/", {"ended_at": "0001-01-01T00:00:00"}, "ended_at"),
    ):
        answer = client.post(address, body, "application/json")
        assert (answer.status_code, [each["field"] for each in answer.json()["errors"]]) == (400, [field])


def test_how_long_ago_a_patrol_may_have_begun_is_a_rule_of_the_district(as_user, deputy, set_rule):
    set_rule("patrols.late_hours", 72)
    answer = begun(as_user(deputy), timezone.now() - timedelta(hours=73))
    assert (answer.status_code, "72 小时" in answer.json()["detail"]) == (400, True)
    assert begun(as_user(deputy), timezone.now() - timedelta(hours=71)).status_code == 201


def test_a_start_within_the_last_patrol_is_refused(as_user, deputy, walk):
    ended = walk()
    answer = begun(as_user(deputy), ended.ended_at - timedelta(minutes=1))
    assert answer.json()["code"] == "bad-start"


def test_an_end_to_come_counts_as_now(deputy, walk):
    patrol = services.stop(deputy, walk(ended=False).pk, ended_at=timezone.now() + timedelta(days=1))
    assert patrol.ended_at <= timezone.now()


def test_nobody_adds_to_anothers_patrol_by_its_number(as_user, deputy, staff, walk):
    patrol = walk(0, ended=False)
    base = f"/api/v1/patrols/{patrol.client_id}"
    assert as_user(staff).post(f"{base}/stop/").status_code == 403
    assert as_user(staff).post(f"/patrols/{patrol.client_id}/find/", found()).status_code == 404
    assert as_user(deputy).post("/api/v1/patrols/not-a-number/stop/").status_code == 404
    assert Patrol.objects.get().is_running
    assert not PatrolFinding.objects.exists()


def test_what_was_found_under_one_account_is_not_kept_under_another_or_after_the_session(
    as_user, client, deputy, staff, walk
):
    patrol = walk(0, ended=False)
    address, whose = f"/patrols/{patrol.pk}/find/", JSON | {"X-Filed-As": str(deputy.pk)}
    codes = [each.post(address, found(), headers=whose).json()["code"] for each in (as_user(staff), client)]
    assert codes == ["other-account", "signed-out"]
    assert not PatrolFinding.objects.exists()


def test_what_was_found_with_a_photo_missing_waits_for_all_of_them(as_user, deputy, walk):
    patrol = walk(0, ended=False)
    client, claimed = as_user(deputy), found(photos=[photo()], photo_sha256="0" * 64)
    answer = client.post(f"/patrols/{patrol.pk}/find/", claimed, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, "photos-missing")
    assert answer.json()["photos"]["missing"] == ["0" * 64]
    assert not PatrolFinding.objects.exists()
