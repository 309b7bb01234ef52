"""The page of a matter: what each may do, near ones to merge with, conflicts shown and not overwritten."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from stations.models import Station
from supervision.matters import services
from supervision.models import MatterLink, Suggestion
from supervision.public import private_links
from supervision.public.services import file_report

from .conftest import IN_THE_WEST

pytestmark = pytest.mark.django_db


def page(suggestion):
    return reverse("supervision:suggestion", args=[suggestion.number])


def address(suggestion, verb):
    return reverse("supervision:step", args=[suggestion.number, verb])


@pytest.fixture
def twin(deputy, point, file_finding):
    return file_finding(deputy, point_code=point.code, text="同一处又有油污").suggestion


def test_each_clock_stands_with_its_clause_and_what_is_left(assigned, officer, as_user):
    text = as_user(officer).get(page(assigned)).text
    assert "代表法第五十一条" in text
    assert "浙江省人大代表建议、批评和意见办理的规定第十四条" in text
    assert "2023年11月24日第二次修正" in text
    assert f"还有 {(assigned.returnable_until - timezone.localdate()).days} 天" in text


def test_staff_merge_with_a_near_one_and_undo_it(assigned, twin, staff, as_user):
    client = as_user(staff)
    assert assigned.number in client.get(page(twin)).text
    sent = {"version": 1, "other": assigned.number, "text": "同一处"}
    assert client.post(address(twin, "merge"), sent, follow=True).status_code == 200
    assert "已并入" in client.get(page(twin)).text
    assert twin.number in client.get(page(assigned)).text
    assert client.post(address(twin, "unmerge"), {"version": 2, "text": "不是同一处"}).status_code == 302
    assert Suggestion.objects.get(pk=twin.pk).state == "assigned"


def test_of_what_was_merged_or_split_who_may_not_see_it_reads_the_number_alone(
    assigned, staff, officer, other_officer, deputy, world, as_user
):
    report = file_report(
        client_id=uuid4(), secret=private_links.fresh_secret(), text="我是张三，河水发臭", category="environment",
        **IN_THE_WEST,
    ).suggestion  # fmt: skip
    services.merge(staff, report.pk, version=1, other=assigned)
    part = services.split(staff, assigned.pk, version=1, title="路灯", text="路灯不亮")
    services.assign(staff, part.pk, version=1, department=world.ecology)
    assert "我是张三" in as_user(staff).get(page(assigned)).text
    for reader in (deputy, officer):
        seen = as_user(reader).get(page(assigned)).text
        assert report.number in seen and "我是张三" not in seen and page(report) not in seen
    assert page(part) in as_user(deputy).get(page(assigned)).text
    for reader, matter, hidden in ((officer, assigned, part), (other_officer, part, assigned)):
        seen = as_user(reader).get(page(matter)).text
        assert hidden.number in seen and page(hidden) not in seen


def test_a_part_of_a_citizens_report_is_adopted_on_its_page(staff, deputy, as_user):
    report = file_report(
        client_id=uuid4(), secret=private_links.fresh_secret(), text="河水发臭", category="environment", **IN_THE_WEST
    ).suggestion  # fmt: skip
    accepted = services.accept(staff, report.pk, version=1)
    part = services.split(staff, accepted.pk, version=accepted.version, title="路灯", text="路灯不亮")
    client, adopt = as_user(deputy), reverse("matters:adopt", args=[part.number])
    assert adopt in client.get(page(part)).text
    assert client.post(adopt, {"version": part.version}).url == page(part)
    part.refresh_from_db()
    assert part.author == deputy


def test_a_number_that_is_none_is_refused_beside_its_field(assigned, staff, as_user):
    answer = as_user(staff).post(address(assigned, "merge"), {"version": 1, "number": "2020-99999", "text": ""})
    assert answer.status_code == 422
    assert "请选择并入哪一件" in answer.text


def test_what_others_did_meanwhile_is_shown_and_sending_again_is_sent_knowingly(assigned, officer, staff, as_user):
    client = as_user(officer)
    seen = assigned.events.last().pk
    services.pause(staff, assigned.pk, version=1, text="等待批复")
    typed = {"version": 1, "seen": seen, "text": "已清除油污并查明来源", "result": "A"}
    answer = client.post(address(assigned, "reply"), typed)
    assert answer.status_code == 409
    assert "您打开页面之后" in answer.text
    assert "暂停计时" in answer.text
    assert "已清除油污并查明来源" in answer.text
    assert not assigned.events.filter(verb="replied").exists()
    again = client.post(address(assigned, "reply"), typed | {"version": answer.context["suggestion"].version})
    assert again.status_code == 302
    assert assigned.events.filter(verb="replied").count() == 1


def test_what_can_no_longer_be_done_keeps_what_was_typed_and_has_no_button(assigned, officer, as_user):
    services.reply(officer, assigned.pk, version=1, text="已办", result="A")
    answer = as_user(officer).post(address(assigned, "ask_return"), {"version": 1, "text": "其实属于生态环境"})
    assert answer.status_code == 409
    assert "其实属于生态环境" in answer.text
    assert "这一步现在不能进行" in answer.text


def test_a_planned_day_is_typed_on_the_reply(assigned, officer, as_user):
    day = timezone.localdate().replace(month=3, day=1) + timedelta(days=366)
    sent = {"version": 1, "text": "列入明年计划", "result": "B", "planned_on": day.isoformat()}
    assert as_user(officer).post(address(assigned, "reply"), sent | {"result": "A"}).status_code == 400
    assert as_user(officer).post(address(assigned, "reply"), sent).status_code == 302
    assert f"{day.year}年3月{day.day}日" in as_user(officer).get(page(assigned)).text


def test_staff_link_a_station_nearby_and_take_it_back(unrouted, staff, as_user, world):
    Station.objects.create(code="S1", name="望春站", area=world.west_town, geom=unrouted.finding.geom)
    client = as_user(staff)
    assert "望春站" in client.get(page(unrouted)).text
    assert client.post(address(unrouted, "link"), {"version": 1, "near": "station:S1"}).status_code == 302
    link = MatterLink.objects.get()
    assert client.post(address(unrouted, "link"), {"version": 1, "code": "NONE"}).status_code == 400
    assert client.post(address(unrouted, "unlink"), {"version": 1, "link_id": link.pk}).status_code == 302
    assert not MatterLink.objects.exists()


def test_a_part_shows_the_place_and_photos_of_the_whole(assigned, staff, as_user):
    part = services.split(staff, assigned.pk, version=1, title="异味", text="居民反映异味")
    text = as_user(staff).get(page(part)).text
    assert f"findings:{assigned.finding.pk}" in text
    assert assigned.number in text


def test_a_co_handler_reads_the_matter_and_gives_an_opinion_from_the_page(
    assigned, staff, world, other_officer, as_user
):
    client = as_user(other_officer)
    assert client.get(page(assigned)).status_code == 404
    services.ask_co(staff, assigned.pk, version=1, department=world.ecology)
    assert "提出会办意见" in client.get(page(assigned)).text
    assert client.post(address(assigned, "reply"), {"version": 2, "text": "代答", "result": "A"}).status_code == 403
    assert client.post(address(assigned, "co_reply"), {"version": 2, "text": "监测正常"}).status_code == 302
    assert "监测正常" in client.get(page(assigned)).text


def test_steps_of_other_pages_are_not_taken_here(assigned, staff, as_user):
    for verb in ("publish", "redact", "escalate", "absorb", "nonsense"):
        assert as_user(staff).post(address(assigned, verb), {"version": 1}).status_code == 404
