"""What the workers do by the clock is there after a migration, once, stays as somebody set it, and runs once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from jobs.models import Job, Schedule
from jobs.schedules import keep_schedules, next_run, queue_due

DAILY = {
    "accounts.rate_limits.forget_ended": (3, 40),
    "accounts.notices.digest.send_digests": (7, 30),
    "jobs.housekeeping.clean_up": (3, 50),
    "layers.importing.cleanup.clean_up": (3, 20),
    "projects.jobs.refresh_lights": (0, 10),
    "projects.following.services.send_digests": (8, 10),
    "river_monitoring.jobs.nightly": (6, 40),
    "stations.jobs.daily": (7, 0),
    "supervision.jobs.daily": (6, 50),
}


@pytest.mark.django_db
def test_every_room_has_its_daily_work_at_its_hour():
    found = {row.name: timezone.localtime(row.next_run) for row in Schedule.objects.exclude(daily_at=None)}
    hours = {name: (at.hour, at.minute) for name, at in found.items()}
    assert {name: hours.get(name) for name in DAILY} == DAILY


@pytest.mark.django_db
def test_mail_goes_out_every_minute_in_its_own_lane():
    row = Schedule.objects.get(name="accounts.notices.delivery.deliver_due")
    assert (row.lane, row.minutes) == ("mail", 1)


@pytest.mark.django_db
def test_a_schedule_that_somebody_changed_stays():
    keep_schedules("default", daily={"some.where": time(5, 15)}, minutes={"else.where": 3})
    Schedule.objects.filter(name="else.where").update(minutes=9)
    keep_schedules("default", daily={"some.where": time(5, 15)}, minutes={"else.where": 3})
    assert [Schedule.objects.get(name=name).minutes for name in ("else.where", "some.where")] == [9, None]
    assert timezone.localtime(Schedule.objects.get(name="some.where").next_run).date() > timezone.localdate()


@pytest.mark.django_db
def test_a_schedule_follows_its_function_to_another_name_with_its_hour_and_its_waiting_jobs():
    keep_schedules("default", daily={"some.where": time(5, 15)}, minutes={"else.where": 3})
    Schedule.objects.filter(name="else.where").update(minutes=9)
    job = Job.objects.create(func="else.where", lane="clocks")
    for _again in range(2):
        keep_schedules("default", minutes={"new.place": 3}, moved={"else.where": "new.place"})
    assert list(Schedule.objects.filter(func="new.place").values_list("name", "minutes")) == [("new.place", 9)]
    assert not Schedule.objects.filter(name="else.where").exists()
    job.refresh_from_db()
    assert job.func == "new.place"


@pytest.mark.django_db
def test_a_schedule_whose_new_name_is_there_already_is_not_doubled():
    keep_schedules("default", minutes={"old.place": 3, "new.place": 5})
    keep_schedules("default", minutes={"new.place": 5}, moved={"old.place": "new.place"})
    assert list(Schedule.objects.filter(name__endswith=".place").values_list("name", "minutes")) == [("new.place", 5)]


def at(hour, minute, day=2):
    """Local time of the site, eight hours ahead of UTC."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


@pytest.mark.parametrize(
    ("last", "now", "daily", "minutes", "then"),
    [
        (at(6, 50), at(6, 50), time(6, 50), None, at(6, 50, day=3)),
        (at(6, 50), at(6, 51), time(6, 50), None, at(6, 50, day=3)),
        (at(6, 50, day=1), at(6, 49), time(6, 50), None, at(6, 50)),
        (at(6, 0), at(6, 0), None, 5, at(6, 5)),
        (at(6, 0), at(6, 7), None, 5, at(6, 10)),  # steps that were missed are not made up for
        (at(6, 0, day=1), at(9, 1), None, 1, at(9, 2)),
    ],
)
def test_the_next_time_is_the_first_one_to_come(last, now, daily, minutes, then):
    assert next_run(last, now, daily, minutes) == then


@pytest.fixture
def only(transactional_db):
    Schedule.objects.all().delete()
    then = timezone.now() - timedelta(hours=3)
    return Schedule.objects.create(name="x", func="jobs.housekeeping.clean_up", lane="clocks", minutes=1, next_run=then)


def test_what_is_due_becomes_one_job_and_not_another_while_that_is_open(only):
    assert queue_due() == 1
    assert queue_due() == 0
    later = timezone.now() + timedelta(minutes=5)
    assert queue_due(later) == 0, "the first is still open"
    Job.objects.update(finished=timezone.now(), succeeded=True)
    assert queue_due(later + timedelta(minutes=5)) == 1


def test_of_several_runners_that_look_at_once_one_queues_and_none_fails(only):
    def look(_number):
        try:
            return sum(queue_due() for _turn in range(5))
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(look, range(6))) == 1
    assert Job.objects.filter(schedule="x").count() == 1


@pytest.mark.parametrize("step", [{"minutes": 10080}, {"minutes": None, "daily_at": time(2, 30)}], ids=str)
def test_a_clock_that_was_years_ahead_for_a_moment_stops_nothing_for_years(only, step):
    Schedule.objects.update(**step)
    now = timezone.now()
    assert queue_due(now + timedelta(days=1500)) == 1
    Job.objects.update(finished=now, succeeded=True)
    assert queue_due(now) == 0, "the time is set anew, and that is no time for the work"
    again = Schedule.objects.get().next_run
    assert now < again <= now + timedelta(days=7)
    assert queue_due(now) == 0
    assert Schedule.objects.get().next_run == again
    assert queue_due(again) == 1
