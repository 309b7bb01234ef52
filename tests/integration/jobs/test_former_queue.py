"""An upgrade from django-q2 loses neither jobs nor schedules."""

from datetime import datetime, timedelta

import pytest
from django.core import signing
from django.db import connection
from django.utils import timezone

from jobs.former_queue import take_over_jobs, take_over_schedules
from jobs.models import Job, Schedule

pytestmark = pytest.mark.django_db
KEY = "a-recorded-key-for-one-test-0123456789012345"
# What django-q2 1.11.1 wrote for async_task("tiles.ladder.jobs.build_table", "layer_data.l1_v1", ["name"]).
PAYLOAD = (
    "gAWVBQEAAAAAAAB9lCiMAmlklIwgMjY2OGNhZjI3YjQwNDc4Mjg4MGM4ZDY3YjY2NWUxYmKUjARuYW1llIwbbGFtcC16ZWJyYS1qdXBpdGVyLW1pY"
    "2hpZ2FulIwEZnVuY5SMHXRpbGVzLmxhZGRlci5qb2JzLmJ1aWxkX3RhYmxllIwEYXJnc5SMEGxheWVyX2RhdGEubDFfdjGUXZRoA2GGlIwGa3dhcm"
    "dzlH2UjAdzdGFydGVklIwIZGF0ZXRpbWWUjAhkYXRldGltZZSTlEMKB-oLHAwtMAn0A5RoDowIdGltZXpvbmWUk5RoDowJdGltZWRlbHRhlJOUSwBL"
    "AEsAh5RSlIWUUpSGlFKUdS4:1xXHoK:hek71xrZ_gmedWOhuitqv3I-hUYjtayqfMXvYMHDiu8"
)


@pytest.fixture
def former(settings, as_the_owner):
    settings.SECRET_KEY = KEY
    with connection.cursor() as cursor:
        cursor.execute("""
            CREATE TABLE django_q_ormq (id serial PRIMARY KEY, key text, payload text, lock timestamptz);
            CREATE TABLE django_q_schedule (id serial PRIMARY KEY, name text, func text, args text, kwargs text,
                schedule_type text, minutes int, next_run timestamptz)
        """)
        yield cursor


def leave(cursor, payload):
    cursor.execute(
        "INSERT INTO django_q_ormq (key, payload, lock) VALUES ('geo_portal', %s, now() + '1 hour')", [payload]
    )


def left(cursor):
    cursor.execute("SELECT count(*) FROM django_q_ormq")
    return cursor.fetchone()[0]


def test_a_waiting_job_is_moved_once_even_if_a_killed_worker_had_claimed_it(former):
    leave(former, PAYLOAD)
    assert (take_over_jobs(connection), take_over_jobs(connection)) == (1, 0)
    job = Job.objects.get()
    assert (job.func, job.args) == ("tiles.ladder.jobs.build_table", ["layer_data.l1_v1", ["name"]])
    assert job.due <= timezone.now()
    assert left(former) == 0


@pytest.mark.parametrize("payload", ["x", "gASVCwAAAAAAAACMB2FueSBvbGWULg:1xXHoK:forged", PAYLOAD[:-1] + "9"])
def test_what_this_site_did_not_sign_is_never_opened_and_stays(former, payload):
    leave(former, payload)
    leave(former, PAYLOAD)
    assert take_over_jobs(connection) == 1
    assert left(former) == 1


def test_another_key_opens_nothing(former, settings):
    settings.SECRET_KEY = "another"
    leave(former, PAYLOAD)
    assert take_over_jobs(connection) == 0
    with pytest.raises(signing.BadSignature):
        signing.loads(PAYLOAD, salt="geo_portal")


def test_schedules_come_over_as_an_administrator_set_them(former):
    Schedule.objects.all().delete()
    first = timezone.make_aware(datetime(2026, 11, 29, 5, 45))
    rows = [
        ("supervision.jobs.daily", "supervision.jobs.daily", None, "D", None, first),
        ("accounts.notices.delivery.deliver_due", "accounts.notices.delivery.deliver_due", None, "I", 7, first),
        (None, "projects.jobs.refresh_lights", "1, 'two'", "H", None, first),
        ("by cron", "x.y", None, "C", None, first),
    ]
    for row in rows:
        former.execute(
            "INSERT INTO django_q_schedule (name, func, args, schedule_type, minutes, next_run)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            row,
        )
    assert take_over_schedules(connection) == 3
    daily, mail, hourly = (Schedule.objects.get(func=row[1]) for row in rows[:3])
    assert (str(daily.daily_at), daily.next_run, daily.lane) == ("05:45:00", first, "clocks")
    assert (mail.minutes, mail.lane) == (7, "mail")
    assert (hourly.name, hourly.minutes, hourly.args) == ("projects.jobs.refresh_lights", 60, [1, "two"])


def test_a_schedule_that_is_here_already_is_not_touched(former):
    before = Schedule.objects.get(name="supervision.jobs.daily")
    former.execute(
        "INSERT INTO django_q_schedule (name, func, schedule_type, next_run) VALUES (%s, %s, 'D', %s)",
        [before.name, before.func, timezone.now() + timedelta(days=9)],
    )
    take_over_schedules(connection)
    assert Schedule.objects.get(name=before.name).next_run == before.next_run


def test_without_the_former_tables_there_is_nothing_to_do():
    assert take_over_jobs(connection) == take_over_schedules(connection) == 0
