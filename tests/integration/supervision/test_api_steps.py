"""Steps by REST and by a department's token: the same table, the same refusals as on the pages."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.tokens.services import issue
from supervision.matters import services
from supervision.models import Suggestion

pytestmark = pytest.mark.django_db


def address(suggestion):
    return f"/api/v1/suggestions/{suggestion.number}/steps/"


def send(client, suggestion, verb, **given):
    body = {"verb": verb, "version": suggestion.version, **given}
    return client.post(address(suggestion), body, content_type="application/json")


def with_token(admin_user, department, *scopes):
    until = timezone.localdate() + timedelta(days=30)
    _token, text = issue(admin_user, department=department, name="系统", scopes=scopes, expires_on=until)
    return Client(headers={"authorization": f"Bearer {text}"})


def test_an_officer_replies_and_the_deputy_rates(assigned, officer, deputy, as_user):
    answer = send(as_user(officer), assigned, "reply", text="已清除", result="A")
    assert (answer.status_code, answer.json()["state"], answer.json()["version"]) == (200, "replied", 2)
    assigned.refresh_from_db()
    rated = send(as_user(deputy), assigned, "rate", handling="satisfied", outcome="fairly").json()
    assert rated["state"] == "closed"
    assert [event["verb"] for event in rated["events"]] == ["submitted", "assigned", "replied", "rated"]
    assert rated["events"][2]["title"] == "区水利局答复"


def test_what_one_may_do_now_is_in_the_answer(assigned, officer, deputy, as_user):
    page = f"/api/v1/suggestions/{assigned.number}/"
    assert {"reply", "ask_return", "ask_extension", "ask_forward", "ask_co", "say"} == set(
        as_user(officer).get(page).json()["steps"]
    )
    assert as_user(deputy).get(page).json()["steps"] == ["say"]


def test_refusals_have_their_own_status(assigned, officer, other_officer, deputy, gis, as_user):
    assert send(as_user(None), assigned, "reply", text="已清除", result="A").status_code == 403
    assert send(as_user(other_officer), assigned, "reply", text="已清除", result="A").status_code == 404
    assert send(as_user(gis), assigned, "say", text="路过").status_code == 404
    assert send(as_user(deputy), assigned, "reply", text="已清除", result="A").status_code == 403
    assert send(as_user(officer), assigned, "reply", text="", result="A").status_code == 422
    assert send(as_user(officer), assigned, "reply", text="已清除", result="X").status_code == 400
    assert send(as_user(officer), assigned, "merge", text="并入").status_code == 400
    services.reply(officer, assigned.pk, version=1, text="已清除", result="A")
    stale = send(as_user(officer), assigned, "reply", text="再清除", result="A")
    assert (stale.status_code, stale.json()["code"]) == (409, "stale-edit")
    assert Suggestion.objects.get().events.filter(verb="replied").count() == 1


def test_whose_return_was_consented_to_no_longer_reads_it(assigned, officer, staff, as_user):
    asked = send(as_user(officer), assigned, "ask_return", text="不属于本单位")
    assert (asked.status_code, "drop_request" in asked.json()["steps"]) == (200, True)
    assigned.refresh_from_db()
    assert send(as_user(officer), assigned, "return").status_code == 403
    assert send(as_user(staff), assigned, "return").json()["state"] == "returned"
    assert as_user(officer).get(f"/api/v1/suggestions/{assigned.number}/").status_code == 404


def test_a_token_steps_for_its_department_and_only_with_the_scope(assigned, admin_user, world, officer):
    reading = with_token(admin_user, world.water, "read")
    assert reading.get(f"/api/v1/suggestions/{assigned.number}/").status_code == 200
    assert send(reading, assigned, "reply", text="已清除", result="A").status_code == 403
    other = with_token(admin_user, world.ecology, "read", "matters:write")
    assert send(other, assigned, "reply", text="已清除", result="A").status_code == 404
    own = with_token(admin_user, world.water, "read", "matters:write")
    assert send(own, assigned, "reply", text="已清除", result="A").json()["state"] == "replied"
    assert assigned.events.last().actor.is_service


def test_a_closed_plan_a_merge_and_opinions_are_in_the_answer(assigned, staff, world, other_officer, as_user):
    services.ask_co(staff, assigned.pk, version=1, department=world.ecology)
    services.co_reply(other_officer, assigned.pk, text="无异议")
    body = as_user(staff).get(f"/api/v1/suggestions/{assigned.number}/").json()
    assert body["co_handlings"][0]["opinion"] == "无异议"
    assert (body["merged_into"], body["split_from"], body["planned_on"]) == (None, None, None)
