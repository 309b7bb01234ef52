"""Whose membership has ended runs nothing any more, though her account and her line in the register are there."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Membership, Notice
from geokit.refusal import NotPermitted
from stations.activities import services as activities
from stations.activities.plans import ActivityPlan
from stations.activities.reminders import remind_of_activities
from stations.models import Matter
from stations.pages.forms.activities import AddPresenceForm
from stations.permissions import may_run, stations_run_by
from stations.receptions import services as receptions
from stations.receptions.permissions import matters_visible_to
from tests.data.cast import seat


@pytest.fixture
def seated(receiving, world):
    """The receiving deputy with a seat in the district's congress."""
    member = seat(receiving.user, world.district)
    receiving.person = member.person
    receiving.save()
    return receiving


def leave_office(member_of):
    Membership.objects.filter(person=member_of.person).update(
        ends_on=timezone.localdate() - timedelta(days=1), ended="resigned"
    )


def test_she_runs_her_station_while_she_sits_and_not_a_day_longer(seated, west, announced, plan, receive):
    day = receive(west, "2026-11-03T08:30", [seated])
    assert may_run(seated.user, west)
    assert matters_visible_to(seated.user).count() == Matter.objects.filter(reception=day).count() == 2
    leave_office(seated)
    assert not stations_run_by(seated.user).exists()
    assert not matters_visible_to(seated.user).exists()
    with pytest.raises(NotPermitted):
        receptions.cancel(seated.user, announced.pk, version=announced.version, reason="我说了算")


def test_names_and_telephones_are_not_shown_to_who_has_left(seated, announced, as_user):
    given = {"name": "王先生", "phone": "13800000000", "people": "1", "topic": ""}
    as_user(None).post(f"/stations/receptions/{announced.pk}/book/", given)
    address = f"/stations/receptions/{announced.pk}/"
    assert "13800000000" in as_user(seated.user).get(address).content.decode()
    leave_office(seated)
    assert "13800000000" not in as_user(seated.user).get(address).content.decode()


def test_who_has_left_takes_nobodys_place(seated, announced, town_officer, deputies):
    leave_office(seated)
    receptions.take_leave(town_officer, announced.pk, deputy=deputies[1], reason="出差", version=1)
    leave = announced.leaves.get()
    announced.deputies.remove(seated)
    with pytest.raises(NotPermitted):
        receptions.substitute(town_officer, announced.pk, leave.pk, deputy=seated)


def test_who_has_left_is_not_told_of_activities_and_was_there_only_if_invited(seated, staff, deputies):
    starts = timezone.now() + timedelta(days=1)
    plan = ActivityPlan("inspection", "视察养老服务", starts, starts + timedelta(hours=2), "养老中心")
    called, other = (activities.announce(staff, plan, people) for people in ([seated], [deputies[1]]))
    told = Notice.objects.filter(recipient=seated.user)
    before = told.count()
    leave_office(seated)
    activities.cancel(staff, called.pk, version=called.version, reason="下雨")
    again = activities.announce(staff, plan, [seated])
    assert remind_of_activities(timezone.now()) == 0
    assert told.count() == before == 1
    assert [seated in AddPresenceForm(staff, each).fields["deputy"].queryset for each in (again, other)] == [
        True,
        False,
    ]
