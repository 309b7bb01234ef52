"""What the worker does by the clock is there after a migration, once, and stays as somebody set it."""

from datetime import time

import pytest
from django.utils import timezone
from django_q.models import Schedule

from accounts.schedules import keep_schedules

pytestmark = pytest.mark.django_db
DAILY = {
    "accounts.rate_limits.forget_ended": (3, 40),
    "accounts.notices.digest.send_digests": (7, 30),
    "layers.importing.cleanup.clean_up": (3, 20),
    "projects.jobs.refresh_lights": (0, 10),
    "projects.following.services.send_digests": (8, 10),
    "river_monitoring.jobs.nightly": (6, 40),
    "stations.jobs.daily": (7, 0),
    "supervision.jobs.daily": (6, 50),
}


def test_every_room_has_its_daily_work_at_its_hour():
    found = {row.name: timezone.localtime(row.next_run) for row in Schedule.objects.filter(schedule_type="D")}
    hours = {name: (at.hour, at.minute) for name, at in found.items()}
    assert {name: hours.get(name) for name in DAILY} == DAILY


def test_a_schedule_that_somebody_changed_stays():
    keep_schedules("default", daily={"some.where": time(5, 15)}, minutes={"else.where": 3})
    Schedule.objects.filter(name="else.where").update(minutes=9)
    keep_schedules("default", daily={"some.where": time(5, 15)}, minutes={"else.where": 3})
    assert [Schedule.objects.get(name=name).minutes for name in ("else.where", "some.where")] == [9, None]
    assert timezone.localtime(Schedule.objects.get(name="some.where").next_run).date() > timezone.localdate()


def test_a_schedule_follows_its_function_to_another_name_and_keeps_its_hour():
    keep_schedules("default", daily={"some.where": time(5, 15)}, minutes={"else.where": 3})
    Schedule.objects.filter(name="else.where").update(minutes=9)
    for _again in range(2):
        keep_schedules("default", minutes={"new.place": 3}, moved={"else.where": "new.place"})
    assert list(Schedule.objects.filter(func="new.place").values_list("name", "minutes")) == [("new.place", 9)]
    assert not Schedule.objects.filter(name="else.where").exists()


def test_a_schedule_whose_new_name_is_there_already_is_not_doubled():
    keep_schedules("default", minutes={"old.place": 3, "new.place": 5})
    keep_schedules("default", minutes={"new.place": 5}, moved={"old.place": "new.place"})
    assert list(Schedule.objects.filter(name__endswith=".place").values_list("name", "minutes")) == [("new.place", 5)]
