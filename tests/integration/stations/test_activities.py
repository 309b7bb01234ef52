"""Activities: called, changed, signed in to by code, counted as duty; and who may not."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Notice
from geokit.refusal import BadInput, NotPermitted, StaleEdit
from stations.activities import services as activities
from stations.activities.plans import ActivityPlan
from stations.models import Activity, ActivityEvent, Deputy, DutyRecord, Presence
from tests import roles
from tests.data import cast


@pytest.fixture(autouse=True)
def codes_in_use(request, set_rule):
    """Off by default: a test of the default is called so."""
    if not request.node.name.startswith("test_by_default"):
        set_rule("duty.sign_in_codes", True)


@pytest.fixture
def call(noon):
    def make(**given):
        starts = given.pop("starts_at", timezone.now() + timedelta(days=5))
        values = {"kind": "inspection", "title": "视察养老服务", "place": "西镇综合养老中心"}
        return ActivityPlan(**{**values, "starts_at": starts, "ends_at": starts + timedelta(hours=3), **given})

    return make


@pytest.fixture
def activity(staff, call, receiving, deputies):
    return activities.announce(staff, call(), deputies[:2])


@pytest.fixture
def begun(activity, noon):
    noon.move_to(activity.starts_at + timedelta(minutes=5))
    return activity


def verbs(activity):
    return list(activity.events.order_by("pk").values_list("verb", flat=True))


def test_those_invited_are_told_once_and_the_step_is_an_event(activity, deputy):
    assert Notice.objects.filter(recipient=deputy, key=f"activity:{activity.pk}:announced").count() == 1
    assert verbs(activity) == ["announced"]
    assert activity.area is None


@pytest.mark.parametrize("who", ["officer", "gis", "deputy", "town_officer"])
def test_only_congress_staff_call_deputies(who, request, call, deputies):
    with pytest.raises(NotPermitted):
        activities.announce(request.getfixturevalue(who), call(), deputies[:1])
    assert not Activity.objects.exists()


def test_a_towns_staff_call_their_own_deputies_only(west_staff, east_staff, call, deputies, world):
    assert activities.announce(west_staff, call(), deputies[:2]).area == world.west_town
    with pytest.raises(BadInput, match="本辖区"):
        activities.announce(east_staff, call(), deputies[:2])


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"kind": "party"}, "kind"),
        ({"title": " "}, "title"),
        ({"title": "长" * 81}, "title"),
        ({"place": ""}, "place"),
        ({"starts_at": timezone.now().replace(year=2020)}, "starts_at"),
    ],
)
def test_what_cannot_be_is_named(given, field, staff, call, deputies):
    with pytest.raises(BadInput) as refused:
        activities.announce(staff, call(**given), deputies[:1])
    assert [error.field for error in refused.value.errors] == [field]


def test_it_ends_after_it_begins_and_within_a_week(staff, call, deputies):
    for days in (0, 8):
        plan = call()
        with pytest.raises(BadInput) as refused:
            bad = call(starts_at=plan.starts_at, ends_at=plan.starts_at + timedelta(days=days))
            activities.announce(staff, bad, deputies[:1])
        assert refused.value.errors[0].field == "ends_at"
    with pytest.raises(IntegrityError), transaction.atomic():
        now = timezone.now()
        Activity.objects.create(kind="study", title="x", starts_at=now, ends_at=now, place="y", created_by=staff)


def test_nobody_is_called_to_an_activity_of_nobody_or_out_of_office(staff, call, deputies):
    for invited in ([], [deputies[2]]):
        with pytest.raises(BadInput):
            activities.announce(staff, call(), invited)


def test_a_change_is_told_and_a_stale_one_refused(activity, staff, call, deputy):
    changed = activities.change(staff, activity.pk, call(place="东门"), version=1)
    assert (changed.place, changed.version) == ("东门", 2)
    assert Notice.objects.filter(recipient=deputy, key=f"activity:{activity.pk}:changed:2").exists()
    with pytest.raises(StaleEdit):
        activities.change(staff, activity.pk, call(), version=1)


def test_what_has_begun_is_not_changed(begun, staff, call):
    with pytest.raises(NotPermitted) as refused:
        activities.change(staff, begun.pk, call(starts_at=timezone.now() + timedelta(days=1)), version=1)
    assert refused.value.code == "wrong-state"


def test_staff_of_another_town_do_not_change_the_districts_activity(activity, west_staff, call):
    with pytest.raises(NotPermitted):
        activities.change(west_staff, activity.pk, call(), version=1)


def test_a_deputy_signs_in_by_code_once_and_her_duty_says_what_it_was(begun, deputy, receiving):
    typed = f" {begun.code[:4].lower()}-{begun.code[4:]} "
    for _again in range(2):
        assert activities.sign_in(deputy, typed) == begun
    assert Presence.objects.get().how == "code"
    record = DutyRecord.objects.get()
    assert (record.deputy, record.kind, record.title) == (receiving, "inspection", "视察养老服务")
    assert record.address == f"/stations/activities/{begun.pk}/"
    assert verbs(begun) == ["announced", "signed_in"]


def test_by_default_a_district_signs_nobody_in_by_code(begun, as_user, staff, deputy, deputies):
    with pytest.raises(NotPermitted, match="不用活动码"):
        activities.sign_in(deputy, begun.code)
    address = f"/stations/activities/{begun.pk}/"
    page = as_user(staff).get(address).content.decode()
    assert begun.code[:4] not in page
    assert as_user(staff).get(f"{address}code.svg").status_code == 404
    own = as_user(deputy).get("/stations/activities/").content.decode()
    assert "/stations/activities/sign-in/" not in own
    assert 'name="code"' not in as_user(deputy).get("/stations/activities/sign-in/").content.decode()
    activities.add_presence(staff, begun.pk, deputies[1])
    assert DutyRecord.objects.get(deputy=deputies[1]).kind == "inspection"


def test_a_guessed_code_signs_nobody_in(begun, deputy):
    with pytest.raises(BadInput) as refused:
        activities.sign_in(deputy, "AAAA2222")
    assert refused.value.code == "unknown-code"
    assert not Presence.objects.exists()


@pytest.mark.parametrize("hours", [-2, 4])
def test_the_code_is_good_from_an_hour_before_to_the_end(hours, activity, deputy, noon):
    noon.move_to(activity.starts_at + timedelta(hours=hours))
    with pytest.raises(NotPermitted) as refused:
        activities.sign_in(deputy, activity.code)
    assert refused.value.code == "not-now"


def test_who_is_no_deputy_cannot_sign_in(begun, staff, officer):
    for person in (staff, officer):
        with pytest.raises(NotPermitted):
            activities.sign_in(person, begun.code)


def test_staff_put_on_the_list_and_strike_off_it_and_duty_follows(begun, staff, deputies):
    activities.add_presence(staff, begun.pk, deputies[1])
    assert DutyRecord.objects.get(deputy=deputies[1]).is_withdrawn is False
    activities.remove_presence(staff, begun.pk, deputies[1], reason="认错了人")
    assert DutyRecord.objects.get(deputy=deputies[1]).is_withdrawn is True
    activities.add_presence(staff, begun.pk, deputies[1])
    record = DutyRecord.objects.get(deputy=deputies[1])
    assert record.is_withdrawn is False
    assert list(record.events.values_list("verb", flat=True)) == ["recorded", "withdrawn", "restored"]
    assert verbs(begun) == ["announced", "signed_in", "struck", "signed_in"]


def test_striking_off_needs_a_reason_and_somebody_on_the_list(begun, staff, deputies):
    with pytest.raises(NotPermitted):
        activities.remove_presence(staff, begun.pk, deputies[1], reason="没来")
    activities.add_presence(staff, begun.pk, deputies[1])
    with pytest.raises(BadInput):
        activities.remove_presence(staff, begun.pk, deputies[1], reason=" ")
    assert Presence.objects.count() == 1


def test_another_towns_staff_keep_no_list_of_it(begun, east_staff, deputies):
    with pytest.raises(NotPermitted):
        activities.add_presence(east_staff, begun.pk, deputies[0])


def test_it_is_called_off_with_a_reason_until_somebody_has_signed_in(activity, staff, deputy, noon):
    with pytest.raises(BadInput):
        activities.cancel(staff, activity.pk, version=1, reason="")
    noon.move_to(activity.starts_at)
    activities.sign_in(deputy, activity.code)
    with pytest.raises(NotPermitted):
        activities.cancel(staff, activity.pk, version=1, reason="下雨")


def test_a_cancelled_activity_takes_no_sign_in(activity, staff, deputy, noon):
    activities.cancel(staff, activity.pk, version=1, reason="台风")
    noon.move_to(activity.starts_at)
    with pytest.raises(NotPermitted):
        activities.sign_in(deputy, activity.code)
    assert Notice.objects.filter(recipient=deputy, key=f"activity:{activity.pk}:cancelled").exists()


def test_events_of_activities_are_history(activity):
    event = ActivityEvent.objects.get()
    event.verb = "cancelled"
    with roles.owner_rights(), pytest.raises(IntegrityError), transaction.atomic():
        event.save()
    with roles.owner_rights(), pytest.raises(IntegrityError), transaction.atomic():
        ActivityEvent.objects.all().delete()


def test_the_pages_show_the_code_to_who_runs_it_alone(begun, as_user, staff, west_staff, deputy, receiving):
    address = f"/stations/activities/{begun.pk}/"
    assert begun.code[:4] in as_user(staff).get(address).content.decode()
    for person in (west_staff, deputy):
        page = as_user(person).get(address).content.decode()
        assert begun.title in page
        assert begun.code[:4] not in page
    assert as_user(staff).get(f"{address}code.svg")["Content-Type"] == "image/svg+xml"
    assert as_user(west_staff).get(f"{address}code.svg").status_code == 404


def test_a_deputy_who_was_not_called_does_not_see_it(activity, as_user, other_officer):
    from accounts.models import User

    stranger = User.objects.create_user("stranger", role="deputy")
    Deputy.objects.create(code="D-9", name="外人", station=Deputy.objects.first().station, user=stranger)
    assert as_user(stranger).get(f"/stations/activities/{activity.pk}/").status_code == 404
    assert activity.title not in as_user(stranger).get("/stations/activities/").content.decode()
    assert as_user(other_officer).get("/stations/activities/").status_code == 404


def test_signing_in_on_the_page_keeps_what_was_typed_and_limits_guesses(begun, as_user, deputy):
    client = as_user(deputy)
    assert f'value="{begun.code}"' in client.get(f"/stations/activities/sign-in/?code={begun.code}").content.decode()
    wrong = client.post("/stations/activities/sign-in/", {"code": "ZZZZ9999"})
    assert wrong.status_code == 400
    assert "没有这个活动码" in wrong.content.decode()
    for _guess in range(19):
        client.post("/stations/activities/sign-in/", {"code": "ZZZZ9999"})
    assert client.post("/stations/activities/sign-in/", {"code": begun.code}).status_code == 429
    assert not Presence.objects.exists()


def test_staff_call_an_activity_on_the_page(as_user, staff, noon, receiving, west):
    form = {
        "kind": "study", "title": "学习代表法", "place": "区人大", "agenda": "", "lng": "121.32", "lat": "29.85",
        "starts_at": "2026-12-01T09:00", "ends_at": "2026-12-01T11:00", "stations": [west.pk],
    }  # fmt: skip
    answer = as_user(staff).post("/stations/activities/new/", form)
    activity = Activity.objects.get()
    assert answer["Location"] == activity.get_absolute_url()
    assert (activity.invited.count(), activity.geom.x) == (2, 121.32)
    half = as_user(staff).post("/stations/activities/new/", form | {"lat": ""})
    assert half.status_code == 400
    assert "请同时填写经度和纬度" in half.content.decode()
    stale = as_user(staff).post(f"/stations/activities/{activity.pk}/change/", form | {"version": "7"})
    assert stale.status_code == 409


def test_who_was_struck_off_does_not_put_herself_back_with_the_code(begun, staff, deputy, receiving):
    activities.sign_in(deputy, begun.code)
    activities.remove_presence(staff, begun.pk, receiving, reason="人不在现场")
    with pytest.raises(NotPermitted) as refused:
        activities.sign_in(deputy, begun.code)
    assert refused.value.code == "not-now"
    assert not Presence.objects.exists()
    assert DutyRecord.objects.get().is_withdrawn
    activities.add_presence(staff, begun.pk, receiving)
    assert not DutyRecord.objects.get().is_withdrawn


def test_what_a_deputy_has_signed_in_to_is_not_moved(activity, staff, deputy, call, noon):
    noon.move_to(activity.starts_at - timedelta(minutes=30))
    activities.sign_in(deputy, activity.code)
    with pytest.raises(NotPermitted) as refused:
        activities.change(staff, activity.pk, call(), version=1)
    assert refused.value.code == "wrong-state"


def test_an_activity_sent_twice_is_called_once(activity, staff, call, deputies):
    with pytest.raises(BadInput) as refused:
        activities.announce(staff, call(), deputies[:2])
    assert (refused.value.code, refused.value.errors[0].field) == ("taken", "title")
    activities.announce(staff, call(place="东镇"), deputies[:2])
    activities.cancel(staff, activity.pk, version=1, reason="台风")
    activities.announce(staff, call(), deputies[:2])
    assert Activity.objects.count() == 3


def test_staff_who_sit_do_not_put_themselves_on_the_list(begun, staff, west, world):
    mine = Deputy.objects.create(code="D-staff", name="工作人员代表", station=west, user=staff)
    cast.seat(staff, world.district)
    with pytest.raises(NotPermitted, match="另一位"):
        activities.add_presence(staff, begun.pk, mine)
    activities.add_presence(cast.person("colleague", "staff"), begun.pk, mine)
    assert DutyRecord.objects.filter(deputy=mine).count() == 1
