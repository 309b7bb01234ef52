"""Busy deputies are shown where a reception is planned, never with what they do; and in her feed stands her own."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from icalendar import Calendar

from accounts.calendars import services as calendars
from accounts.models import BusyTime
from stations.models import Reception
from stations.receptions import services as receptions


@pytest.fixture
def busy(receiving):
    begins = datetime(2026, 12, 1, 1, tzinfo=UTC)
    return BusyTime.objects.create(user=receiving.user, starts_at=begins, ends_at=begins + timedelta(hours=1))


def test_a_day_is_announced_at_the_second_press(as_user, town_officer, receiving, busy, noon):
    form = {"kind": "routine", "starts_at": "2026-12-01T08:30", "ends_at": "2026-12-01T11:00", "capacity": "5"}
    client = as_user(town_officer)
    first = client.post("/stations/S-01/receptions/new/", form | {"deputies": receiving.pk})
    assert "陈一那时已有安排" in first.content.decode()
    assert not Reception.objects.exists()
    known = {"deputies": receiving.pk, "busy_known": first.context["busy_key"]}
    client.post("/stations/S-01/receptions/new/", form | known)
    assert Reception.objects.count() == 1


def test_who_is_busy_at_another_time_is_asked_about_anew(as_user, town_officer, receiving, busy, noon):
    form = {
        "kind": "routine", "starts_at": "2026-12-01T08:30", "ends_at": "2026-12-01T11:00", "capacity": "5",
        "deputies": receiving.pk,
    }  # fmt: skip
    client = as_user(town_officer)
    first = client.post("/stations/S-01/receptions/new/", form)
    known = {"busy_known": first.context["busy_key"]}
    moved = client.post("/stations/S-01/receptions/new/", form | known | {"starts_at": "2026-12-01T09:00"})
    assert "陈一那时已有安排" in moved.content.decode()
    assert moved.context["busy_key"] != known["busy_known"]
    assert not Reception.objects.exists()


def test_a_series_names_the_days_on_which_somebody_is_busy(as_user, town_officer, receiving, busy, noon):
    form = {
        "kind": "routine", "rhythm": "weekly", "interval": "1", "week": "1", "weekday": "2", "day": "15", "look": "1",
        "starts": "08:30", "ends": "11:00", "starts_on": "2026-12-01", "ends_on": "2026-12-15", "on_holiday": "move",
        "capacity": "5", "deputies": receiving.pk,
    }  # fmt: skip
    page = as_user(town_officer).post("/stations/S-01/receptions/series/", form).content.decode()
    assert page.count("陈一那时已有安排") == 1


def test_her_feed_has_her_own_days_and_those_of_nobody_else(announced, receiving, deputies, town_officer, west, plan):
    later = plan(starts_at=announced.starts_at + timedelta(days=7), deputies=deputies[1:2])
    receptions.announce(town_officer, west, later)
    token = calendars.make_address(receiving.user)
    found = Calendar.from_ical(Client().get(f"/calendar/{token}/").content)
    assert [str(event["UID"]).partition("@")[0] for event in found.walk("VEVENT")] == [f"reception-{announced.pk}"]
    receptions.take_leave(receiving.user, announced.pk, reason="出差")
    after = Calendar.from_ical(Client().get(f"/calendar/{token}/").content)
    assert not after.walk("VEVENT")
