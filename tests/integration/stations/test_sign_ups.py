"""Places of an activity: taken, waited for, given back by leave; and who may not."""

from datetime import timedelta

import pytest
from django.utils import timezone
from icalendar import Calendar

from accounts.models import Notice, Role, User
from geokit.refusal import BadInput, NotPermitted
from ledger.chain import settle, verify
from stations.activities import services as activities
from stations.activities.plans import ActivityPlan
from stations.models import Deputy, SignUp


def deputy_with_account(name, station):
    user = User.objects.create_user(name, password="a long phrase", role=Role.DEPUTY, email=f"{name}@example.test")
    return Deputy.objects.create(code=f"D-{name}", name=name, station=station, user=user)


@pytest.fixture
def three(west):
    return [deputy_with_account(f"invited{number}", west) for number in range(3)]


@pytest.fixture
def outsider(east):
    return deputy_with_account("outsider", east)


@pytest.fixture
def plan_of(noon):
    def make(**given):
        starts = timezone.now() + timedelta(days=5)
        values = {"kind": "study", "title": "学习代表法", "place": "区委党校", "places": 1}
        return ActivityPlan(**{**values, "starts_at": starts, "ends_at": starts + timedelta(hours=3), **given})

    return make


@pytest.fixture
def activity(staff, plan_of, three):
    return activities.announce(staff, plan_of(), three)


def states(activity):
    return dict(activity.sign_ups.values_list("deputy__name", "state"))


def test_places_are_taken_in_order_and_the_rest_wait(activity, three):
    for deputy in three[:2]:
        activities.sign_up(deputy.user, activity.pk)
        activities.sign_up(deputy.user, activity.pk)  # a second time changes nothing
    assert states(activity) == {"invited0": "taken", "invited1": "waiting"}
    assert activity.events.filter(verb="signed_up").count() == 2


def test_leave_gives_the_place_to_who_waits_longest_and_she_is_told(activity, three, noon):
    for deputy in three:
        noon.shift(timedelta(minutes=1))
        activities.sign_up(deputy.user, activity.pk)
    activities.take_leave(three[0].user, activity.pk, reason="出差")
    assert states(activity) == {"invited0": "leave", "invited1": "taken", "invited2": "waiting"}
    assert Notice.objects.filter(recipient=three[1].user, title__startswith="您的候补已转为报名").count() == 1
    assert "出差" not in str(list(activity.events.values_list("detail", flat=True)))
    noon.shift(timedelta(minutes=1))
    activities.sign_up(three[0].user, activity.pk)  # who comes back stands at the end
    activities.take_leave(three[1].user, activity.pk, reason="出差")
    assert states(activity) == {"invited0": "waiting", "invited1": "leave", "invited2": "taken"}


def test_more_places_are_filled_and_fewer_than_taken_are_refused(activity, three, staff, plan_of):
    for deputy in three:
        activities.sign_up(deputy.user, activity.pk)
    activities.change(staff, activity.pk, plan_of(places=2), version=1)
    assert sorted(states(activity).values()) == ["taken", "taken", "waiting"]
    with pytest.raises(BadInput) as refused:
        activities.change(staff, activity.pk, plan_of(places=1), version=2)
    assert refused.value.errors[0].field == "places"


def test_who_was_not_invited_neither_signs_up_nor_takes_leave(activity, outsider, staff, as_user):
    for actor in (outsider.user, staff):
        with pytest.raises(NotPermitted):
            activities.sign_up(actor, activity.pk)
        with pytest.raises(NotPermitted):
            activities.take_leave(actor, activity.pk, reason="出差")
    for step in ("sign-up", "leave"):
        address = f"/stations/activities/{activity.pk}/reply/{step}/"
        assert as_user(outsider.user).post(address, {"reason": "出差"}).status_code == 404
    assert as_user(outsider.user).get(f"/stations/activities/{activity.pk}/calendar.ics").status_code == 404
    assert not SignUp.objects.exists()


def test_nothing_is_answered_once_it_has_begun_or_without_places(activity, three, staff, plan_of, noon):
    plain = activities.announce(staff, plan_of(places=None), three)
    with pytest.raises(NotPermitted) as refused:
        activities.sign_up(three[0].user, plain.pk)
    assert refused.value.code == "not-now"
    activities.take_leave(three[0].user, plain.pk, reason="出差")  # leave needs no places
    noon.move_to(activity.starts_at + timedelta(minutes=1))
    for act in (activities.sign_up, lambda *args: activities.take_leave(*args, reason="出差")):
        with pytest.raises(NotPermitted):
            act(three[1].user, activity.pk)


def test_leave_says_why(activity, three, as_user):
    answer = as_user(three[0].user).post(f"/stations/activities/{activity.pk}/reply/leave/", {"reason": " "})
    assert answer.status_code == 400
    assert not SignUp.objects.exists()


def test_the_page_of_a_deputy_and_of_the_organisers(activity, three, staff, as_user):
    client = as_user(three[0].user)
    address = f"/stations/activities/{activity.pk}/"
    assert client.post(f"{address}reply/sign-up/").status_code == 302
    page = client.get(address).content.decode()
    assert "您已报名" in page
    assert "名额 1 个，已报名 1 人" in page
    as_user(three[1].user).post(f"{address}reply/leave/", {"reason": "住院三天"})
    assert "住院三天" in as_user(staff).get(address).content.decode()
    assert "住院三天" not in client.get(address).content.decode()
    found = Calendar.from_ical(client.get(f"{address}calendar.ics").content)
    assert [str(event["SUMMARY"]) for event in found.walk("VEVENT")] == ["学习代表法"]
    settle()
    assert verify().is_sound


def test_where_no_places_are_asked_for_any_more_nobody_waits(activity, three, staff, plan_of):
    for deputy in three:
        activities.sign_up(deputy.user, activity.pk)
    activities.change(staff, activity.pk, plan_of(places=None), version=1)
    assert set(states(activity).values()) == {"taken"}
    assert Notice.objects.filter(recipient=three[2].user, title__startswith="您的候补已转为报名").count() == 1
