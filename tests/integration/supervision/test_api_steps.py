"""Steps by REST and by a department's token: the same table, the same refusals as on the pages."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.tokens.services import issue
from supervision.matters import held_files, services
from supervision.models import EventFile, Suggestion

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


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


def upload(client, suggestion, content=PDF, name="验收单.pdf"):
    return client.post(f"/api/v1/suggestions/{suggestion.number}/files/", {"file": SimpleUploadedFile(name, content)})


def test_a_token_sends_files_ahead_and_names_them_in_the_step(assigned, admin_user, world):
    client = with_token(admin_user, world.water, "matters:write")
    sent = upload(client, assigned)
    assert (sent.status_code, sent.json()["name"], sent.json()["hours"]) == (201, "验收单.pdf", 24)
    ticket = sent.json()["upload"]
    assert len(ticket) < 2000
    assigned.version = 9
    assert send(client, assigned, "reply", text="已清除", result="A", files=[ticket]).status_code == 409
    assigned.refresh_from_db()
    answer = send(client, assigned, "reply", text="已清除", result="A", files=[ticket])  # it waited for this one
    assert answer.status_code == 200
    [file] = answer.json()["events"][-1]["files"]
    assert (file["name"], file["sha256"]) == ("验收单.pdf", sent.json()["sha256"])


def test_only_who_may_take_a_step_sends_files_ahead(assigned, officer, other_officer, gis, admin_user, world, as_user):
    assert upload(as_user(None), assigned).status_code == 403
    for stranger in (other_officer, gis):
        assert upload(as_user(stranger), assigned).status_code == 404
    assert upload(with_token(admin_user, world.water, "read"), assigned).status_code == 403
    assert upload(with_token(admin_user, world.ecology, "matters:write"), assigned).status_code == 404
    assert upload(as_user(officer), assigned).status_code == 201


def test_files_of_others_and_of_nobody_are_refused_and_nothing_is_recorded(assigned, officer, deputy, as_user):
    theirs = upload(as_user(deputy), assigned).json()["upload"]
    mine = upload(as_user(officer), assigned).json()["upload"]
    for false in (theirs, mine[:-1], "", "1"):
        answer = send(as_user(officer), assigned, "reply", text="已清除", result="A", files=[mine, false])
        assert answer.status_code in (400, 422), false
    assert send(as_user(officer), assigned, "reply", text="已清除", result="A", files=[mine] * 11).status_code == 400
    assert send(as_user(deputy), assigned, "urge", text="请办", files=[theirs]).status_code == 400
    assigned.refresh_from_db()
    assert assigned.state == "assigned"
    assert not EventFile.objects.exists()


def test_what_one_person_sends_ahead_is_bounded_whatever_others_hold(assigned, officer, deputy, as_user, monkeypatch):
    monkeypatch.setattr(held_files, "MOST_HELD", len(PDF) + 9)
    assert [upload(as_user(person), assigned).status_code for person in (deputy, officer)] == [201, 201]
    full = upload(as_user(officer), assigned)
    assert (full.status_code, full.json()["code"]) == (413, "held-files-full")
    assert "还没有提交的附件" in full.json()["detail"]


@pytest.mark.parametrize("content", [PDF[:-8], b"<script>1</script>", b""])
def test_what_is_no_sound_file_is_not_kept(content, assigned, officer, as_user):
    assert upload(as_user(officer), assigned, content).status_code in (400, 422)
    assert held_files.delete_expired(timezone.now() + timedelta(days=9)) == 0


def test_an_upload_that_arrives_cut_is_refused_whole(assigned, officer, as_user):
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n' + PDF
    address, form = f"/api/v1/suggestions/{assigned.number}/files/", "multipart/form-data; boundary=x"
    for announced in (len(body) + 900, len(body)):  # fewer bytes than announced, and no closing boundary
        stream = {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(announced)}
        assert as_user(officer).generic("POST", address, body, form, **stream).status_code == 400
    assert held_files.delete_expired(timezone.now() + timedelta(days=9)) == 0
