"""The pages of supervision: reporting without JavaScript, acting on a matter, inboxes, numbers."""

from uuid import uuid4

import pytest
from django.urls import reverse

from geokit.refusal import BadInput
from supervision.matters import services
from supervision.models import Finding, Suggestion

from .conftest import jpeg

pytestmark = pytest.mark.django_db

REPORT = "/report/"


def form(**changes):
    return {
        "client_id": str(uuid4()),
        "text": "排水口有黑水",
        "category": "environment",
        "lng": "121.32",
        "lat": "29.85",
        "address": "东岸",
        **changes,
    }


def step_address(suggestion, verb):
    return reverse("supervision:step", args=[suggestion.number, verb])


def test_a_deputy_files_from_the_page_and_lands_on_the_finding(deputy, world, as_user):
    answer = as_user(deputy).post(REPORT, {**form(), "photos": [jpeg(), jpeg("red")]}, follow=True)
    finding = Finding.objects.get()
    assert answer.redirect_chain == [(reverse("supervision:finding", args=[finding.pk]), 302)]
    assert finding.photos.count() == 2
    assert "已收到" in answer.text


def test_the_place_comes_from_the_linked_point(deputy, point, as_user):
    page = as_user(deputy).get(REPORT, {"point": "P1"}).text
    assert 'value="121.320000"' in page
    assert "望春桥" in page


def test_the_place_comes_from_the_address(deputy, world, as_user):
    page = as_user(deputy).get(REPORT, {"lng": "121.3333", "lat": "29.8444"}).text
    assert 'value="121.3333"' in page
    assert 'value="29.8444"' in page


@pytest.mark.parametrize("cast", [None, "officer", "gis"])
def test_whoever_is_no_deputy_gets_the_form_of_citizens(cast, request, world, as_user):
    client = as_user(request.getfixturevalue(cast) if cast else None)
    page = client.get(REPORT, {"point": "P1"})
    assert (page.status_code, page.context["with_account"]) == (200, False)
    assert "电子邮箱" in page.text


def test_errors_stand_beside_their_fields_and_keep_what_was_typed(deputy, world, as_user):
    sent = form(text="", lng="120.0", address="桥下")
    answer = as_user(deputy).post(REPORT, sent)
    assert answer.status_code == 400
    assert "请写明看到的情况" in answer.text
    assert "桥下" in answer.text
    assert sent["client_id"] in answer.text
    assert not Finding.objects.exists()


def test_a_place_outside_the_district_is_refused_beside_the_place(deputy, world, as_user):
    answer = as_user(deputy).post(REPORT, form(lng="120.0"))
    assert answer.status_code == 400
    assert answer.context["form"].errors["lng"]


def test_a_photo_that_is_none_is_refused_and_the_rest_kept(deputy, world, as_user):
    fake = jpeg()
    fake.file.seek(0)
    fake.file.write(b"not a photo at all")
    fake.file.truncate()
    fake.file.seek(0)
    answer = as_user(deputy).post(REPORT, {**form(), "photos": [fake]})
    assert answer.status_code == 400
    assert answer.context["form"].errors["photos"]
    assert "排水口有黑水" in answer.text
    assert not Finding.objects.exists()


def test_the_same_form_sent_twice_files_one_finding(deputy, world, as_user):
    sent, client = form(), as_user(deputy)
    for _ in range(2):
        assert client.post(REPORT, sent).status_code == 302
    assert Finding.objects.count() == 1


def test_script_in_a_description_stays_text(deputy, world, as_user):
    answer = as_user(deputy).post(REPORT, form(text="<script>alert(1)</script>"), follow=True)
    assert "&lt;script&gt;alert(1)" in answer.text
    assert "<script>alert(1)" not in answer.text


def test_the_officer_replies_from_the_page(assigned, officer, as_user):
    client = as_user(officer)
    assert "答复内容" in client.get(reverse("supervision:suggestion", args=[assigned.number])).text
    answer = client.post(step_address(assigned, "reply"), {"version": 1, "text": "已清除", "result": "A"}, follow=True)
    assert answer.status_code == 200
    assert "已答复" in answer.text
    assert "已清除" in answer.text


def test_an_officer_of_another_department_gets_404_for_page_and_step(assigned, other_officer, as_user):
    client = as_user(other_officer)
    assert client.get(reverse("supervision:suggestion", args=[assigned.number])).status_code == 404
    sent = {"version": 1, "text": "x", "result": "A"}
    assert client.post(step_address(assigned, "reply"), sent).status_code == 404


def test_a_reply_without_its_result_keeps_the_text(assigned, officer, as_user):
    answer = as_user(officer).post(step_address(assigned, "reply"), {"version": 1, "text": "已清除油污", "result": ""})
    assert answer.status_code == 422
    assert "请选择办理结果" in answer.text
    assert "已清除油污" in answer.text


def test_a_stale_form_is_refused_and_what_was_typed_is_shown(assigned, officer, as_user):
    services.reply(officer, assigned.pk, version=1, text="第一次答复", result="A")
    sent = {"version": 1, "text": "第二次答复", "result": "B"}
    answer = as_user(officer).post(step_address(assigned, "reply"), sent)
    assert answer.status_code == 409
    assert "第二次答复" in answer.text
    assert assigned.events.filter(verb="replied").count() == 1


def test_a_step_that_is_not_mine_is_forbidden(assigned, deputy, as_user):
    sent = {"version": 1, "text": "x", "result": "A"}
    assert as_user(deputy).post(step_address(assigned, "reply"), sent).status_code == 403


def test_a_verb_that_is_none_is_not_found(assigned, officer, as_user):
    assert as_user(officer).post(step_address(assigned, "delete"), {"version": 1}).status_code == 404
    assert as_user(officer).get(step_address(assigned, "reply")).status_code == 405


def test_a_request_and_its_answer_stand_on_the_page(assigned, officer, staff, as_user):
    page = f"/suggestions/{assigned.number}/"
    asked = as_user(officer).post(step_address(assigned, "ask_return"), {"version": 1, "text": "属于生态环境"})
    assert (asked.status_code, asked["Location"]) == (302, page)
    for who in (officer, staff):
        shown = as_user(who).get(page).text
        assert "属于生态环境" in shown
        assert "由人大工作人员决定" in shown
    assert 'id="step-return"' in as_user(staff).get(page).text
    assert 'id="step-return"' not in as_user(officer).get(page).text
    as_user(staff).post(step_address(assigned, "refuse_request"), {"version": 2, "text": "河道归水利"})
    shown = as_user(officer).get(page).text
    assert "河道归水利" in shown
    assert "由人大工作人员决定" not in shown


def test_staff_assign_and_the_deputy_rates_from_the_page(unrouted, staff, deputy, officer, world, as_user):
    as_user(staff).post(step_address(unrouted, "assign"), {"version": 1, "department": world.water.pk, "text": ""})
    services.reply(officer, unrouted.pk, version=2, text="已清除", result="A")
    sent = {"version": 3, "handling": "satisfied", "outcome": "satisfied", "text": ""}
    as_user(deputy).post(step_address(unrouted, "rate"), sent)
    unrouted.refresh_from_db()
    assert unrouted.state == Suggestion.State.CLOSED


def test_the_list_filters_by_state(assigned, unrouted, staff, as_user):
    page = as_user(staff).get("/findings/", {"state": "submitted"})
    assert [row.pk for row in page.context["page"]] == [unrouted.finding_id]
    assert "1 件，共 2 件" in page.text


def test_the_list_refuses_a_box_that_is_none(assigned, staff, as_user):
    answer = as_user(staff).get("/api/v1/findings/", {"in_bbox": "1,2,3"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "in_bbox"


def test_the_api_files_with_photos_and_answers_a_resend_with_200(deputy, point, as_user):
    client, sent = as_user(deputy), form(point="P1")
    first = client.post("/api/v1/findings/", {**sent, "photos": [jpeg()]})
    assert first.status_code == 201, first.text
    body = first.json()
    assert body["type"] == "Feature"
    assert body["geometry"]["coordinates"] == [121.32, 29.85]
    assert body["properties"]["state"] == "assigned"
    again = client.post("/api/v1/findings/", {**sent, "photos": [jpeg()]})
    assert (again.status_code, again.json()["id"]) == (200, body["id"])


def test_the_api_takes_json_too(deputy, world, as_user):
    answer = as_user(deputy).post("/api/v1/findings/", form(), content_type="application/json")
    assert answer.status_code == 201, answer.text


def test_the_api_names_each_wrong_field_as_a_problem(deputy, world, as_user):
    answer = as_user(deputy).post("/api/v1/findings/", form(text="", category="x"), content_type="application/json")
    assert answer.status_code == 400
    assert answer["Content-Type"].startswith("application/problem+json")
    assert {error["field"] for error in answer.json()["errors"]} == {"text", "category"}


@pytest.mark.parametrize("cast", ["officer", "gis", None])
def test_the_api_refuses_reports_from_others(cast, request, world, as_user):
    client = as_user(request.getfixturevalue(cast) if cast else None)
    answer = client.post("/api/v1/findings/", form(), content_type="application/json")
    assert answer.status_code == 403
    assert not Finding.objects.exists()


def test_an_error_of_the_filter_is_a_refusal(world):
    from supervision.matters.filters import FindingFilter

    with pytest.raises(BadInput):
        list(FindingFilter({"in_bbox": "5,5,1,1"}, queryset=Finding.objects.all()).qs)


def test_what_she_reported_stands_on_her_own_page_with_whose_turn_it_is(
    deputy, officer, assigned, as_user, other_officer
):
    page = as_user(deputy).get("/me/").text
    assert assigned.number in page
    assert f"轮到{assigned.department}：书面答复。" in page
    assert assigned.number not in as_user(other_officer).get("/me/").text
    services.reply(officer, assigned.pk, version=assigned.version, text="已清除", result="A")
    assert "轮到提出人：评价答复。" in as_user(deputy).get("/me/").text
