"""What voters bring up: taken down, handed on, settled; and strangers kept out."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from geokit.refusal import BadInput, NotPermitted, StaleEdit
from stations.models import Matter
from stations.receptions import matters
from stations.receptions.permissions import matters_visible_to
from stations.statistics.queries import statistics


@pytest.fixture
def begun(announced, noon):
    noon.move_to(announced.starts_at + timedelta(minutes=10))
    return announced


@pytest.fixture
def matter(begun, town_officer):
    return matters.add_matter(town_officer, begun.pk, level="town", text="路灯不亮")


def test_matters_are_numbered_and_are_events(begun, town_officer, receiving, deputy):
    matters.add_matter(town_officer, begun.pk, level="town", text="路灯不亮")
    second = matters.add_matter(deputy, begun.pk, level="general", text="建议加车位")
    assert second.number == 2
    assert begun.events.filter(verb="matter").count() == 2
    assert "路灯" not in str(list(begun.events.values_list("detail", flat=True)))


@pytest.mark.parametrize("who", ["eastern_officer", "officer", "gis", "east_staff", "deputy"])
def test_a_stranger_takes_nothing_down_and_reads_nothing(who, request, matter, begun):
    person = request.getfixturevalue(who)
    with pytest.raises(NotPermitted):
        matters.add_matter(person, begun.pk, level="town", text="x")
    with pytest.raises(NotPermitted):
        matters.settle(person, matter.pk, version=1, answer="x")
    with pytest.raises(NotPermitted):
        matters.forward(person, matter.pk, version=1, reference="x")
    assert not matters_visible_to(person).exists()


def test_matters_are_not_public(matter, as_user):
    page = as_user(None).get(matter.reception.get_absolute_url()).content.decode()
    assert "路灯不亮" not in page
    assert "路灯不亮" not in as_user(None).get("/api/v1/receptions/").content.decode()


@pytest.mark.parametrize(
    ("given", "field"), [({"level": "secret"}, "level"), ({"text": " "}, "text"), ({"text": "长" * 1001}, "text")]
)
def test_what_cannot_be_taken_down_is_named(given, field, begun, town_officer):
    with pytest.raises(BadInput) as refused:
        matters.add_matter(town_officer, begun.pk, **{"level": "town", "text": "x", **given})
    assert refused.value.errors[0].field == field


def test_nothing_is_taken_down_before_it_begins(announced, town_officer):
    with pytest.raises(NotPermitted):
        matters.add_matter(town_officer, announced.pk, level="town", text="x")


def test_settled_with_an_answer_it_counts(matter, town_officer):
    with pytest.raises(BadInput):
        matters.settle(town_officer, matter.pk, version=1, answer=" ")
    matters.settle(town_officer, matter.pk, version=1, answer="已换灯")
    assert matter.reception.events.filter(verb="settled").count() == 1
    with pytest.raises(NotPermitted):
        matters.settle(town_officer, matter.pk, version=2, answer="再办")
    matter.reception.status = "recorded"
    matter.reception.save()
    assert (statistics(None).matters, statistics(None).settled) == (1, 1)


@pytest.mark.parametrize("days", [-1, 1])
def test_settled_between_the_reception_and_today(days, matter, town_officer):
    on = timezone.localdate() + timedelta(days=days)
    with pytest.raises(BadInput) as refused:
        matters.settle(town_officer, matter.pk, version=1, answer="x", on=on)
    assert refused.value.errors[0].field == "on"


def test_a_stale_step_is_refused(matter, town_officer):
    with pytest.raises(StaleEdit):
        matters.settle(town_officer, matter.pk, version=4, answer="x")


def test_a_paper_reference_hands_it_on_where_nobody_takes_it(matter, town_officer):
    with pytest.raises(BadInput):
        matters.forward(town_officer, matter.pk, version=1)
    matters.forward(town_officer, matter.pk, version=1, reference="镇办〔2026〕12号")
    with pytest.raises(NotPermitted):
        matters.forward(town_officer, matter.pk, version=2, reference="又一号")


def test_a_reference_settles_every_open_matter_under_it_once(matter, town_officer):
    matters.forward(town_officer, matter.pk, version=1, reference="N-1")
    today = timezone.localdate()
    assert matters.settle_by_reference("N-1", "已办", today) == 1
    assert matters.settle_by_reference("N-1", "又办", today) == 0
    assert matters.settle_by_reference("", "无", today) == 0
    assert Matter.objects.get().answer == "已办"


def test_the_database_wants_an_answer_to_what_is_settled(matter):
    with pytest.raises(IntegrityError), transaction.atomic():
        Matter.objects.filter(pk=matter.pk).update(settled_on=timezone.localdate())


def test_steps_on_the_page(matter, as_user, town_officer, eastern_officer):
    address = f"/stations/matters/{matter.pk}/settle/"
    assert as_user(eastern_officer).post(address, {"version": 1, "answer": "x"}).status_code == 404
    client = as_user(town_officer)
    empty = client.post(address, {"version": 1, "answer": ""})
    assert empty.status_code == 400
    assert "请写明办理结果" in empty.content.decode()
    assert client.post(address, {"version": 5, "answer": "x"}).status_code == 409
    assert client.post(address, {"version": 1, "answer": "已换灯"}).status_code == 302


def test_a_matter_sent_twice_is_taken_down_once(begun, town_officer):
    for text in ("路灯不亮", " 路灯不亮\n", "井盖松动", "路灯不亮"):
        matters.add_matter(town_officer, begun.pk, level="town", text=text)
    assert list(begun.matters.values_list("number", "text")) == [(1, "路灯不亮"), (2, "井盖松动"), (3, "路灯不亮")]
    assert begun.events.filter(verb="matter").count() == 3
