"""Reception days: announced ahead, changed, called off, held and recorded; and who may not."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Notice
from geokit.refusal import BadInput, NotPermitted, StaleEdit
from stations.duty import services as duty
from stations.jobs import remind
from stations.models import Attendance, Deputy, DutyRecord, Reception, ReceptionEvent
from stations.receptions import bookings
from stations.receptions import services as receptions
from stations.receptions.phase import Phase, phase_of
from stations.statistics.queries import statistics
from tests import roles


@pytest.fixture
def begun(announced, noon):
    noon.move_to(announced.starts_at + timedelta(minutes=10))
    return announced


def verbs(day):
    return list(day.events.order_by("pk").values_list("verb", flat=True))


def test_a_towns_officer_announces_and_the_deputies_are_told_once(announced, receiving, deputy):
    assert (announced.status, announced.capacity, verbs(announced)) == ("announced", 10, ["announced"])


def test_deputies_with_an_account_are_told(receiving, deputy, town_officer, west, plan):
    day = receptions.announce(town_officer, west, plan())
    assert Notice.objects.get(recipient=deputy).key == f"reception:{day.pk}:announced"


@pytest.mark.parametrize("who", ["staff", "west_staff", "admin_user", "receiving"])
def test_these_may_run_the_western_station(who, request, west, plan):
    person = request.getfixturevalue(who)
    receptions.announce(getattr(person, "user", person), west, plan())
    assert Reception.objects.count() == 1


@pytest.mark.parametrize("who", ["eastern_officer", "officer", "east_staff", "gis", "deputy"])
def test_a_stranger_to_the_station_announces_nothing(who, request, west, plan):
    with pytest.raises(NotPermitted):
        receptions.announce(request.getfixturevalue(who), west, plan())
    assert not Reception.objects.exists()


def test_two_days_notice_are_counted_in_days_of_the_calendar(town_officer, west, plan, noon):
    with pytest.raises(BadInput) as refused:
        receptions.announce(town_officer, west, plan(starts_at=timezone.localtime() + timedelta(days=1, hours=11)))
    assert refused.value.errors[0].code == "short-notice"
    early = timezone.localtime().replace(hour=8) + timedelta(days=2)
    assert receptions.announce(town_officer, west, plan(starts_at=early)).pk


def test_how_many_days_is_a_setting(town_officer, west, plan, set_rule):
    set_rule("stations.notice_days", 7)
    with pytest.raises(BadInput, match="提前 7 天"):
        receptions.announce(town_officer, west, plan())


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"kind": "themed"}, "theme"),
        ({"kind": "online"}, "online_url"),
        ({"kind": "online", "online_url": "http://example.cn"}, "online_url"),
        ({"deputies": []}, "deputies"),
    ],
)
def test_what_a_kind_of_reception_lacks_is_named(given, field, town_officer, west, plan):
    with pytest.raises(BadInput) as refused:
        receptions.announce(town_officer, west, plan(**given))
    assert [error.field for error in refused.value.errors] == [field]


def test_a_deputy_out_of_office_receives_nobody(town_officer, west, plan, deputies):
    with pytest.raises(BadInput) as refused:
        receptions.announce(town_officer, west, plan(deputies=[deputies[2]]))
    assert refused.value.errors[0].code == "not-in-office"


@pytest.mark.parametrize("hours", [0, 11])
def test_a_reception_ends_after_it_begins_and_the_same_day(hours, town_officer, west, plan):
    starts = plan().starts_at
    with pytest.raises(BadInput) as refused:
        receptions.announce(town_officer, west, plan(ends_at=starts + timedelta(hours=hours)))
    assert refused.value.errors[0].field == "ends_at"


def test_the_database_itself_keeps_a_reception_in_order(announced):
    for wrong in ({"ends_at": announced.starts_at}, {"visitors": 3}, {"status": "cancelled"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Reception.objects.filter(pk=announced.pk).update(**wrong)


def test_the_same_day_sent_twice_is_announced_once(announced, town_officer, west, plan):
    with pytest.raises(BadInput) as refused:
        receptions.announce(town_officer, west, plan())
    assert (refused.value.code, refused.value.errors[0].field) == ("taken", "starts_at")
    receptions.cancel(town_officer, announced.pk, version=1, reason="台风")
    assert receptions.announce(town_officer, west, plan()).pk, "what was called off leaves its time free"


def test_a_change_is_an_event_and_told_and_a_stale_one_is_refused(announced, town_officer, plan):
    changed = receptions.change(town_officer, announced.pk, plan(place="会议室"), version=1)
    assert (changed.place, changed.version, verbs(announced)) == ("会议室", 2, ["announced", "changed"])
    with pytest.raises(StaleEdit):
        receptions.change(town_officer, announced.pk, plan(), version=1)


def test_who_is_taken_off_a_day_is_told(announced, receiving, deputy, deputies, town_officer, plan):
    Notice.objects.all().delete()
    receptions.change(town_officer, announced.pk, plan(deputies=[deputies[1]]), version=1)
    assert Notice.objects.filter(recipient=deputy).count() == 1


def test_a_day_that_is_not_moved_may_be_changed_the_day_before(announced, town_officer, plan, noon):
    noon.move_to(announced.starts_at - timedelta(hours=12))
    assert receptions.change(town_officer, announced.pk, plan(capacity=12), version=1).capacity == 12
    with pytest.raises(BadInput):
        moved = plan(starts_at=announced.starts_at + timedelta(hours=1))
        receptions.change(town_officer, announced.pk, moved, version=2)


def test_places_are_not_cut_below_what_is_booked(announced, town_officer, plan):
    bookings.book(announced.pk, name="王女士", phone="13800000000", people=3)
    with pytest.raises(BadInput) as refused:
        receptions.change(town_officer, announced.pk, plan(capacity=2), version=1)
    assert refused.value.errors[0].code == "below-booked"


def test_another_towns_officer_changes_cancels_and_records_nothing(begun, eastern_officer, plan, deputies):
    steps = (
        lambda: receptions.change(eastern_officer, begun.pk, plan(), version=1),
        lambda: receptions.cancel(eastern_officer, begun.pk, version=1, reason="x"),
        lambda: receptions.record(eastern_officer, begun.pk, version=1, visitors=3, present=deputies[:1]),
        lambda: receptions.sign_in(eastern_officer, begun.pk, deputies[0]),
    )
    for step in steps:
        with pytest.raises(NotPermitted):
            step()
    assert verbs(begun) == ["announced"]


def test_a_day_is_called_off_with_a_reason_and_only_once(announced, town_officer):
    with pytest.raises(BadInput):
        receptions.cancel(town_officer, announced.pk, version=1, reason=" ")
    receptions.cancel(town_officer, announced.pk, version=1, reason="台风")
    with pytest.raises(NotPermitted):
        receptions.cancel(town_officer, announced.pk, version=2, reason="再取消")
    assert verbs(announced) == ["announced", "cancelled"]


def test_a_day_to_which_a_deputy_came_is_not_called_off(begun, receiving, deputy, town_officer):
    receptions.sign_in(deputy, begun.pk)
    with pytest.raises(NotPermitted, match="已有代表签到"):
        receptions.cancel(town_officer, begun.pk, version=1, reason="没有选民")


def test_a_deputy_signs_in_herself_once_and_it_is_her_duty(begun, receiving, deputy):
    for _again in range(2):
        receptions.sign_in(deputy, begun.pk)
    assert Attendance.objects.get().how == "self"
    record = DutyRecord.objects.get()
    assert (record.deputy, record.kind, record.source) == (receiving, "reception", f"reception:{begun.pk}")
    assert verbs(begun) == ["announced", "signed_in"]


@pytest.mark.parametrize("hours", [-2, 28])
def test_signing_in_has_its_time(hours, announced, receiving, deputy, noon):
    noon.move_to(announced.starts_at + timedelta(hours=hours))
    with pytest.raises(NotPermitted) as refused:
        receptions.sign_in(deputy, announced.pk)
    assert refused.value.code == "not-now"


def test_who_is_no_deputy_does_not_sign_in(begun, gis):
    with pytest.raises(NotPermitted):
        receptions.sign_in(gis, begun.pk)


def test_what_came_of_it_is_recorded_and_counted(begun, town_officer, deputies):
    receptions.record(town_officer, begun.pk, version=1, visitors=4, present=deputies[:2], summary="两件")
    counted = statistics(None)
    assert (counted.sessions, counted.attendances, counted.visitors) == (1, 2, 4)
    assert DutyRecord.objects.filter(source=f"reception:{begun.pk}").count() == 2
    assert phase_of(Reception.objects.get()) == Phase.RECORDED


def test_nothing_is_recorded_before_it_begins_or_without_a_deputy(announced, town_officer, deputies, noon):
    with pytest.raises(NotPermitted):
        receptions.record(town_officer, announced.pk, version=1, visitors=1, present=deputies[:1])
    noon.move_to(announced.ends_at)
    with pytest.raises(BadInput) as refused:
        receptions.record(town_officer, announced.pk, version=1, visitors=1, present=[])
    assert refused.value.errors[0].field == "present"


def test_a_correction_keeps_what_was_and_corrects_the_duty_of_who_was_not_there(begun, town_officer, deputies):
    one, two = deputies[:2]
    receptions.record(town_officer, begun.pk, version=1, visitors=4, present=[one])
    receptions.record(town_officer, begun.pk, version=2, visitors=5, present=[two])
    event = begun.events.get(verb="corrected")
    assert event.detail["before"] == {"visitors": 4, "deputies": [one.pk]}
    withdrawn = dict(DutyRecord.objects.values_list("deputy", "is_withdrawn"))
    assert withdrawn == {one.pk: True, two.pk: False}
    receptions.record(town_officer, begun.pk, version=3, visitors=5, present=[one, two])
    assert not DutyRecord.objects.filter(is_withdrawn=True).exists()
    assert statistics(None).attendances == 2


def test_what_a_deputy_took_back_herself_is_not_brought_back_by_a_correction(begun, town_officer, receiving, deputy):
    receptions.record(town_officer, begun.pk, version=1, visitors=4, present=[receiving])
    record = DutyRecord.objects.get()
    duty.withdraw(deputy, record.pk, version=1, reason="不计")
    receptions.record(town_officer, begun.pk, version=2, visitors=6, present=[receiving])
    record.refresh_from_db()
    assert record.is_withdrawn


def test_phases_follow_the_clock(announced, noon):
    day = Reception.objects.get(pk=announced.pk)
    expected = [(-3, Phase.ANNOUNCED), (-0.5, Phase.SOON), (1, Phase.OPEN), (3, Phase.ENDED)]
    for hours, phase in expected:
        assert phase_of(day, 0, day.starts_at + timedelta(hours=hours)) == phase
    assert phase_of(day, 10, day.starts_at - timedelta(days=1)) == Phase.FULL


def test_steps_are_history(announced):
    event = ReceptionEvent.objects.get()
    event.detail = {"deputies": []}
    with roles.owner_rights(), pytest.raises(IntegrityError), transaction.atomic():
        event.save()
    with roles.owner_rights(), pytest.raises(IntegrityError), transaction.atomic():
        ReceptionEvent.objects.filter(pk=event.pk).delete()


def test_a_village_staff_runs_the_stations_in_her_village(world, east, plan):
    from accounts.models import Area, User
    from tests.conftest import box

    village = Area.objects.create(
        code="330203101001",
        name="月湖村",
        level="village",
        parent=world.east_town,
        geom=box(121.37, 29.85, 121.39, 29.87),
    )
    clerk = User.objects.create_user("clerk", role="staff", area=village)
    someone = Deputy.objects.create(code="D-E", name="东一", station=east)
    assert receptions.announce(clerk, east, plan(deputies=[someone])).station == east


# Pages


def form_of(plan, **more):
    at = "%Y-%m-%dT%H:%M"
    return {
        "kind": plan.kind, "theme": plan.theme, "place": plan.place, "online_url": plan.online_url,
        "starts_at": timezone.localtime(plan.starts_at).strftime(at), "capacity": plan.capacity,
        "ends_at": timezone.localtime(plan.ends_at).strftime(at), "deputies": [one.pk for one in plan.deputies],
    } | more  # fmt: skip


def test_the_officer_announces_on_the_page_and_errors_stand_at_their_fields(as_user, town_officer, west, plan):
    client = as_user(town_officer)
    wrong = client.post("/stations/S-01/receptions/new/", form_of(plan(kind="themed")))
    assert wrong.status_code == 400
    assert "主题接待要写明主题" in wrong.content.decode()
    right = client.post("/stations/S-01/receptions/new/", form_of(plan(kind="themed", theme="消防")))
    assert right["Location"] == Reception.objects.get().get_absolute_url()


def test_another_towns_officer_finds_no_such_page(as_user, eastern_officer, announced):
    client = as_user(eastern_officer)
    assert client.get("/stations/S-01/receptions/new/").status_code == 404
    for step in ("change", "cancel", "record", "matter"):
        assert client.post(f"/stations/receptions/{announced.pk}/{step}/", {}).status_code == 404


def test_names_and_telephones_of_who_booked_are_for_the_station_alone(
    announced, as_user, town_officer, eastern_officer
):
    bookings.book(announced.pk, name="王女士", phone="13800000000", topic="停车")
    address = f"/stations/receptions/{announced.pk}/"
    own = as_user(town_officer).get(address).content.decode()
    assert "王女士" in own
    assert "13800000000" in own
    for person in (None, eastern_officer):
        page = as_user(person).get(address).content.decode()
        assert "已约 1 人" in page
        for word in ("王女士", "13800000000", "停车"):
            assert word not in page


def test_recording_on_the_page_keeps_what_was_typed_when_it_is_refused(begun, as_user, town_officer, deputies):
    client = as_user(town_officer)
    address = f"/stations/receptions/{begun.pk}/record/"
    stale = client.post(address, {"version": 9, "present": [deputies[0].pk], "visitors": 17, "summary": "已谈"})
    assert stale.status_code == 409
    assert 'value="17"' in stale.content.decode()
    assert client.post(address, {"version": 1, "present": [deputies[0].pk], "visitors": 17}).status_code == 302
    assert Reception.objects.get().visitors == 17


def test_the_deputy_signs_in_by_one_button(begun, as_user, deputy, receiving):
    client = as_user(deputy)
    assert "我已到场，签到" in client.get(f"/stations/receptions/{begun.pk}/").content.decode()
    client.post(f"/stations/receptions/{begun.pk}/sign-in/")
    assert "您已签到" in client.get(f"/stations/receptions/{begun.pk}/").content.decode()


def test_a_calendar_moves_with_the_day_and_marks_it_cancelled(announced, as_user, town_officer):
    feed = as_user(None).get("/stations/S-01/calendar.ics").content.decode()
    assert f"UID:reception-{announced.pk}@" in feed
    assert "STATUS:CONFIRMED" in feed
    receptions.cancel(town_officer, announced.pk, version=1, reason="台风")
    one = as_user(None).get(f"/stations/receptions/{announced.pk}/calendar.ics").content.decode()
    assert "STATUS:CANCELLED" in one
    assert "SEQUENCE:2" in one


def test_no_day_is_moved_to_where_the_station_receives_already(announced, town_officer, west, plan):
    other = receptions.announce(town_officer, west, plan(starts_at=announced.starts_at + timedelta(days=1)))
    with pytest.raises(BadInput) as refused:
        receptions.change(town_officer, other.pk, plan(), version=1)
    assert (refused.value.code, refused.value.errors[0].field) == ("taken", "starts_at")
    receptions.cancel(town_officer, announced.pk, version=1, reason="台风")
    assert receptions.change(town_officer, other.pk, plan(), version=1).starts_at == announced.starts_at


def test_who_has_left_office_is_told_and_reminded_of_nothing(announced, receiving, deputy, town_officer, plan, noon):
    receiving.is_active = False
    receiving.save(update_fields=["is_active"])
    Notice.objects.all().delete()
    noon.move_to(announced.starts_at - timedelta(days=1))
    remind(timezone.now())
    receptions.cancel(town_officer, announced.pk, version=1, reason="台风")
    assert not Notice.objects.filter(recipient=deputy).exists()
