"""Duty records: made once, corrected with a reason, confirmed by staff; and strangers kept out."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import User
from geokit.refusal import BadInput, NotPermitted, StaleEdit
from stations.duty import services as duty
from stations.duty.public_figures import public_years
from stations.duty.report import yearly_register
from stations.duty.services import DutyEntry, record_duties, record_duty
from stations.models import Deputy, DutyEvent, DutyRecord
from tests import roles
from tests.data.cast import seat

DAY = date(2026, 11, 20)


def entry(deputy, **given):
    return DutyEntry(
        **{
            "deputy_id": deputy.pk,
            "kind": "inspection",
            "on": DAY,
            "source": "finding:1",
            "title": "查看望春桥",
            **given,
        }
    )


@pytest.fixture
def record(receiving, noon):
    record_duties([entry(receiving)])
    return DutyRecord.objects.get()


@pytest.fixture
def stranger(world, east):
    user = User.objects.create_user("stranger", role="deputy")
    Deputy.objects.create(code="D-9", name="外人", station=east, user=user)
    return user


def verbs(record):
    return list(record.events.order_by("pk").values_list("verb", flat=True))


def test_told_twice_it_is_there_once(receiving):
    assert record_duties([entry(receiving), entry(receiving)]) == 1
    assert record_duties([entry(receiving)]) == 0
    assert record_duty(receiving, "inspection", DAY, source="finding:1", title="x") is False
    assert (DutyRecord.objects.count(), DutyEvent.objects.count()) == (1, 1)


def test_one_thing_done_by_two_deputies_is_a_record_of_each(deputies):
    assert record_duties([entry(one) for one in deputies[:2]]) == 2


def test_a_long_title_is_cut_not_refused(receiving):
    record_duties([entry(receiving, title="长" * 500)])
    assert len(DutyRecord.objects.get().title) == 120


@pytest.mark.django_db(transaction=True)
def test_two_at_once_record_once(receiving):
    entries = [entry(receiving, source=f"finding:{number}") for number in range(40)]

    def work(_):
        try:
            return record_duties(entries)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        counts = list(pool.map(work, range(2)))
    assert DutyRecord.objects.count() == DutyEvent.objects.count() == 40
    assert sum(counts) == 40


def test_what_a_deputy_adds_waits_for_the_staff(receiving, deputy, staff, noon):
    added = duty.add(deputy, receiving, kind="study", on=DAY, title="学习")
    assert added.is_confirmed is False
    with pytest.raises(NotPermitted):
        duty.confirm(deputy, added.pk, version=1)
    duty.confirm(staff, added.pk, version=1)
    with pytest.raises(NotPermitted):
        duty.confirm(staff, added.pk, version=2)
    assert verbs(added) == ["added", "confirmed"]


def test_what_the_staff_add_counts_at_once(receiving, staff, noon):
    assert duty.add(staff, receiving, kind="study", on=DAY, title="学习").is_confirmed


@pytest.mark.parametrize("who", ["stranger", "officer", "gis", "east_staff"])
def test_a_stranger_adds_nothing_to_anothers_duty(who, request, receiving, noon):
    with pytest.raises(NotPermitted):
        duty.add(request.getfixturevalue(who), receiving, kind="study", on=DAY, title="学习")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"kind": "golf"}, "kind"),
        ({"on": date(2026, 11, 25)}, "on"),
        ({"on": date(1999, 12, 31)}, "on"),
        ({"title": ""}, "title"),
        ({"title": "长" * 121}, "title"),
    ],
)
def test_what_cannot_have_been_is_named(given, field, receiving, deputy, noon):
    with pytest.raises(BadInput) as refused:
        duty.add(deputy, receiving, **{"kind": "study", "on": DAY, "title": "学习", **given})
    assert [error.field for error in refused.value.errors] == [field]


def test_a_correction_by_the_deputy_waits_and_keeps_what_was(record, deputy):
    correction = {"kind": "study", "on": DAY - timedelta(days=1), "title": "学习", "reason": "不是视察"}
    corrected = duty.correct(deputy, record.pk, version=1, **correction)
    assert (corrected.kind, corrected.is_confirmed) == ("study", False)
    first, second = record.events.order_by("pk")
    assert (first.kind, first.title, second.kind, second.reason) == ("inspection", "查看望春桥", "study", "不是视察")
    assert second.actor == deputy


def test_a_correction_by_the_staff_counts(record, staff):
    given = {"kind": "inspection", "on": DAY, "title": "查看", "reason": "题目"}
    assert duty.correct(staff, record.pk, version=1, **given).is_confirmed


def test_a_correction_says_why_and_is_not_stale(record, staff):
    given = {"kind": "study", "on": DAY, "title": "学习"}
    with pytest.raises(BadInput) as refused:
        duty.correct(staff, record.pk, version=1, reason=" ", **given)
    assert refused.value.errors[0].field == "reason"
    with pytest.raises(StaleEdit):
        duty.correct(staff, record.pk, version=2, reason="x", **given)
    assert verbs(record) == ["recorded"]


@pytest.mark.parametrize("who", ["stranger", "officer", "gis", "east_staff"])
def test_a_stranger_corrects_withdraws_restores_and_confirms_nothing(who, request, record):
    person = request.getfixturevalue(who)
    for step in (
        lambda: duty.correct(person, record.pk, version=1, kind="study", on=DAY, title="x", reason="y"),
        lambda: duty.withdraw(person, record.pk, version=1, reason="y"),
        lambda: duty.restore(person, record.pk, version=1),
        lambda: duty.confirm(person, record.pk, version=1),
    ):
        with pytest.raises(NotPermitted):
            step()
    assert verbs(record) == ["recorded"]


def test_a_towns_staff_keep_the_duty_of_their_towns_deputies(record, west_staff):
    duty.withdraw(west_staff, record.pk, version=1, reason="重复")
    assert verbs(record) == ["recorded", "withdrawn"]


def test_withdrawn_once_and_restored_by_the_staff_alone(record, deputy, staff):
    duty.withdraw(deputy, record.pk, version=1, reason="重复")
    with pytest.raises(NotPermitted):
        duty.withdraw(deputy, record.pk, version=2, reason="重复")
    with pytest.raises(NotPermitted):
        duty.restore(deputy, record.pk, version=2)
    duty.restore(staff, record.pk, version=2)
    with pytest.raises(NotPermitted):
        duty.restore(staff, record.pk, version=3)


def test_events_are_history_and_a_correction_without_a_reason_cannot_be_written(record):
    event = record.events.get()
    with roles.owner_rights(), pytest.raises(IntegrityError), transaction.atomic():
        DutyEvent.objects.filter(pk=event.pk).update(title="另")
    with roles.owner_rights(), pytest.raises(IntegrityError), transaction.atomic():
        DutyEvent.objects.filter(pk=event.pk).delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        DutyEvent.objects.create(record=record, verb="corrected", kind="study", on=DAY, title="x", at=timezone.now())


def test_the_public_sees_how_often_and_nothing_else(record, deputy, receiving, as_user, noon):
    duty.add(deputy, receiving, kind="inspection", on=DAY, title="待确认的")
    assert [(str(label), number) for label, number in public_years(receiving)[0].counts if number] == [("视察检查", 1)]
    receiving.user.email = "one@example.cn"
    receiving.user.save()
    page = as_user(None).get(receiving.get_absolute_url()).content.decode()
    assert "视察检查" in page
    for inside in ("查看望春桥", "待确认的", receiving.code, "one@example.cn", "积分"):
        assert inside not in page


# Pages


def test_a_deputy_comes_to_her_own_report_and_to_nobody_elses(record, as_user, deputy, receiving, deputies):
    client = as_user(deputy)
    own = client.get("/stations/duty/", follow=True)
    assert own.redirect_chain[-1][0] == f"/stations/duty/{receiving.page_code}/2026/"
    assert "查看望春桥" in own.content.decode()
    for address in ("", ".xlsx"):
        other = f"/stations/duty/{deputies[1].page_code}/2026{address or '/'}"
        assert client.get(other).status_code == 404


def test_a_deputy_corrects_on_the_page_and_sees_what_is_wrong(record, as_user, deputy):
    client = as_user(deputy)
    address = f"/stations/duty/records/{record.pk}/correct/"
    typed = {"version": 1, "kind": "study", "on": "2026-11-19", "title": "学习代表法", "reason": ""}
    wrong = client.post(address, typed)
    assert wrong.status_code == 400
    assert 'value="学习代表法"' in wrong.content.decode()
    assert client.post(address, typed | {"reason": "记错", "version": 9}).status_code == 409
    assert client.post(address, typed | {"reason": "记错"}).status_code == 302
    assert "待确认" in client.get("/stations/duty/", follow=True).content.decode()


def test_a_stranger_finds_no_record_to_correct(record, as_user, stranger, officer):
    for person in (stranger, officer):
        answer = as_user(person).post(f"/stations/duty/records/{record.pk}/withdraw/", {"version": 1, "reason": "x"})
        assert answer.status_code == 404


def test_the_register_lists_the_deputies_of_who_asks(record, as_user, staff, east_staff):
    assert "陈一" in as_user(staff).get("/stations/duty/?year=2026").content.decode()
    assert "陈一" not in as_user(east_staff).get("/stations/duty/?year=2026").content.decode()


def test_the_register_of_a_year_keeps_who_did_something_in_it_and_left_since(deputies, staff):
    record_duty(deputies[0], "study", date(2025, 5, 1), source="x:1", title="学习")
    Deputy.objects.filter(pk=deputies[0].pk).update(is_active=False)
    names = {year: {row.deputy.name for row in yearly_register(staff, year)} for year in (2025, 2026)}
    assert names == {2025: {"陈一", "陈二"}, 2026: {"陈二"}}


def test_a_year_that_is_none_is_404(as_user, staff, receiving, noon):
    client = as_user(staff)
    assert client.get(f"/stations/duty/{receiving.page_code}/1066/").status_code == 404
    assert client.get("/stations/duty/?year=x").status_code == 200


def test_staff_who_sit_do_not_confirm_their_own_duty(staff, west, noon):
    colleague = User.objects.create_user("colleague", role="staff")
    person = seat(staff, west.area.parent).person
    own = Deputy.objects.create(code="D-主席", name="主席", station=west, user=staff, person=person)
    record = duty.add(staff, own, kind="study", on=DAY, title="学习")
    assert not record.is_confirmed
    with pytest.raises(NotPermitted):
        duty.confirm(staff, record.pk, version=record.version)
    given = {"kind": "study", "on": DAY, "title": "学习代表法", "reason": "题目"}
    assert not duty.correct(staff, record.pk, version=record.version, **given).is_confirmed
    assert duty.confirm(colleague, record.pk, version=2).is_confirmed
    duty.withdraw(colleague, record.pk, version=3, reason="没有去")
    with pytest.raises(NotPermitted):
        duty.restore(staff, record.pk, version=4)


def test_a_duty_sent_twice_is_added_once(receiving, deputy, staff, noon):
    for title in ("学习", " 学习 "):
        duty.add(deputy, receiving, kind="study", on=DAY, title=title)
    first = DutyRecord.objects.get()
    assert verbs(first) == ["added"]
    duty.withdraw(deputy, first.pk, version=1, reason="写错了")
    duty.add(deputy, receiving, kind="study", on=DAY, title="学习")
    duty.add(deputy, receiving, kind="study", on=DAY, title="学习法律")
    assert DutyRecord.objects.count() == 3
