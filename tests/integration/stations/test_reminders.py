"""Reminders, with a moved clock: each goes out once."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import Notice
from stations import jobs
from stations.activities import services as activities
from stations.activities.services import ActivityPlan
from stations.duty.reminders import remind_of_duty_days
from stations.duty.services import record_duties
from stations.jobs import remind
from stations.models import Booking, DutyRecord
from stations.receptions import matters
from stations.receptions import services as receptions


def at(text):
    return datetime.fromisoformat(f"{text}+08:00")


@pytest.fixture
def day(receiving, town_officer, west, plan):
    """A reception on 29 November at half past eight, with the deputy who signs in."""
    return receptions.announce(town_officer, west, plan())


def keys(user, kind):
    return list(Notice.objects.filter(recipient=user, kind=kind).order_by("pk").values_list("key", flat=True))


def test_deputies_are_reminded_three_days_and_one_day_ahead_once_each(day, deputy):
    for moment in ("2026-11-25T07:00", "2026-11-26T07:00", "2026-11-26T19:00", "2026-11-27T07:00", "2026-11-28T07:00",
                   "2026-11-28T08:00", "2026-11-29T07:00"):  # fmt: skip
        remind(at(moment))
    assert [key.split(":")[3] for key in keys(deputy, "station-reminder")] == ["3", "1"]


def test_a_day_that_was_moved_is_told_anew_and_one_called_off_not_at_all(day, deputy, town_officer, plan):
    remind(at("2026-11-28T07:00"))
    receptions.change(town_officer, day.pk, plan(starts_at=at("2026-11-30T08:30")), version=1)
    remind(at("2026-11-29T07:00"))
    assert len(keys(deputy, "station-reminder")) == 2
    receptions.cancel(town_officer, day.pk, version=2, reason="台风")
    remind(at("2026-11-30T07:00"))
    assert len(keys(deputy, "station-reminder")) == 2


def test_those_called_to_an_activity_are_reminded_once_at_each_step(staff, deputy, receiving, noon):
    starts = at("2026-11-29T09:00")
    call = ActivityPlan("study", "学习代表法", starts, starts + timedelta(hours=2), "区人大")
    activities.announce(staff, call, [receiving])
    for moment in ("2026-11-25T07:00", "2026-11-26T07:00", "2026-11-27T07:00", "2026-11-28T07:00", "2026-11-28T09:00"):
        remind(at(moment))
    assert [key.split(":")[3] for key in keys(deputy, "station-reminder")] == ["3", "1"]


def test_who_runs_the_station_is_told_once_that_a_day_is_not_recorded(day, town_officer, eastern_officer):
    remind(at("2026-12-01T10:00"))
    assert keys(town_officer, "station-record") == []
    for moment in ("2026-12-01T12:00", "2026-12-02T07:00"):
        remind(at(moment))
    assert keys(town_officer, "station-record") == [f"reception:{day.pk}:unrecorded"]
    assert keys(eastern_officer, "station-record") == []


def test_a_matter_that_lies_for_a_month_is_told_once(day, town_officer, noon):
    noon.move_to(day.starts_at + timedelta(hours=1))
    matters.add_matter(town_officer, day.pk, level="town", text="路灯不亮")
    remind(day.ends_at + timedelta(days=29))
    assert keys(town_officer, "station-matters") == []
    for days in (31, 40):
        remind(day.ends_at + timedelta(days=days))
    assert keys(town_officer, "station-matters") == [f"reception:{day.pk}:matters"]


def test_a_matter_that_was_handed_on_or_settled_is_not_urged(day, town_officer, noon):
    noon.move_to(day.starts_at + timedelta(hours=1))
    one = matters.add_matter(town_officer, day.pk, level="town", text="路灯不亮")
    other = matters.add_matter(town_officer, day.pk, level="town", text="井盖")
    matters.settle(town_officer, one.pk, version=1, answer="已换灯")
    matters.forward(town_officer, other.pk, version=1, reference="N-1")
    remind(day.ends_at + timedelta(days=31))
    assert keys(town_officer, "station-matters") == []


def test_from_october_a_deputy_is_told_each_month_what_the_year_lacks(receiving, deputy):
    assert remind_of_duty_days(at("2026-09-30T07:00")) == 0
    for moment in ("2026-10-01T07:00", "2026-10-20T07:00", "2026-11-01T07:00"):
        remind_of_duty_days(at(moment))
    assert len(keys(deputy, "station-duty")) == 2
    assert "还差 15 天" in Notice.objects.filter(kind="station-duty").first().title


def test_who_has_done_enough_is_not_told(receiving, deputy):
    from datetime import date

    from stations.duty.services import DutyEntry

    record_duties(DutyEntry(receiving.pk, "study", date(2026, 3, n), f"t:{n}", "x") for n in range(1, 16))
    assert remind_of_duty_days(at("2026-10-01T07:00")) == 0


def test_the_daily_chores_remind_gather_and_forget(day, deputy, noon):
    Booking.objects.create(
        reception=day, token_hash="x", name="王", phone="13800000000", created_at=timezone.now()
    )  # fmt: skip
    noon.move_to(at("2027-04-01T07:00"))
    done = jobs.daily()
    assert done["forgotten"] == 1
    assert done["reminders"] >= 1
    assert jobs.daily() == {"duty": 0, "reminders": 0, "forgotten": 0}
    assert not DutyRecord.objects.exists()
