"""Real runners and workers, killed: every job is done once in effect. Run with -s to see the seconds."""

import contextlib
import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.db import connection

from jobs.models import Job, Schedule, Worker
from layers.importing.worker import environment

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PATIENCE = 120
"""Seconds; only a bound, for a machine may be busy."""
LEAVE = "tests.integration.jobs.drill_effects.leave"


def wait(what, why):
    """Until `what()` is true; the seconds it took."""
    began = time.monotonic()
    while not what():
        assert time.monotonic() - began < PATIENCE, why
        time.sleep(0.1)
    return time.monotonic() - began


def tell(text):
    print(f"\n{text}")  # noqa: T201 - what a drill is for


def pids():
    """Worker processes by lane, as they say themselves."""
    return {row.lane: int(row.name.split(":")[1]) for row in Worker.objects.order_by("started")}


def is_alive(pid):
    with contextlib.suppress(OSError):
        return open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[0] != "Z"
    return False


def queue(numbers, seconds=0.0, lane="exports"):
    return [Job.objects.create(func=LEAVE, args=[number, seconds], lane=lane).pk for number in numbers]


def rows(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT number FROM {table} ORDER BY number")
        return [number for (number,) in cursor.fetchall()]


def done():
    return not Job.objects.filter(finished=None).exists()


@pytest.fixture
def runner():
    """Start runners; whatever still lives at the end is killed."""
    Schedule.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE layer_work.drill_begun (number int)")
        cursor.execute("CREATE TABLE layer_work.drill_effects (number int PRIMARY KEY)")
    started = []

    def start(*lanes, expect=1, **environ):
        command = [sys.executable, "-m", "tests.integration.jobs.drill_runner", *lanes]
        process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment() | environ)
        started.append(process)
        wait(lambda: Worker.objects.count() >= expect, "the workers do not come up")
        return process

    yield start
    for process in started:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()
        process.wait()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE layer_work.drill_begun, layer_work.drill_effects")


def test_an_idle_worker_that_is_killed_is_replaced_and_the_other_lanes_go_on(runner):
    runner("exports", "mail", expect=2)
    before = pids()
    os.kill(before["exports"], signal.SIGKILL)
    queue([1, 2, 3])
    queue([4], lane="mail")
    seconds = wait(done, "jobs are left")
    assert rows("layer_work.drill_effects") == rows("layer_work.drill_begun") == [1, 2, 3, 4]
    assert pids()["mail"] == before["mail"], "the other lane's worker was not touched"
    tell(f"idle worker killed: all jobs done after {seconds:.1f} s")


def test_a_busy_worker_that_is_killed_loses_nothing(runner):
    runner("exports")
    queue([1], seconds=3)
    queue([2])
    wait(lambda: rows("layer_work.drill_begun") == [1], "the job does not begin")
    os.kill(pids()["exports"], signal.SIGKILL)
    seconds = wait(done, "the job of the killed worker does not come again")
    assert rows("layer_work.drill_effects") == [1, 2]
    assert rows("layer_work.drill_begun") == [1, 1, 2]
    assert list(Job.objects.values_list("succeeded", flat=True)) == [True, True]
    tell(f"busy worker killed: its job was done again after {seconds:.1f} s with a lease of 6 s")


def test_a_killed_runner_takes_its_workers_along_and_the_next_one_does_the_rest(runner):
    first = runner("exports", "mail", expect=2)
    queue([1], seconds=30)
    wait(lambda: rows("layer_work.drill_begun") == [1], "the job does not begin")
    orphans = pids().values()
    first.kill()
    first.wait()
    gone = wait(lambda: not any(is_alive(pid) for pid in orphans), "an orphan goes on")
    Job.objects.update(args=[1, 0])
    queue([2, 3])
    began = time.monotonic()
    runner("exports", "mail", expect=2)
    wait(done, "jobs are left")
    seconds = time.monotonic() - began
    assert rows("layer_work.drill_effects") == [1, 2, 3]
    tell(f"runner killed: workers gone after {gone:.1f} s, all done {seconds:.1f} s after the next start")


def test_two_runners_do_each_job_once(runner):
    queue(range(40), seconds=0.02)
    runner("exports")
    runner("exports", expect=2)
    wait(done, "jobs are left")
    assert rows("layer_work.drill_begun") == rows("layer_work.drill_effects") == list(range(40))


def test_a_runner_that_is_stopped_gives_a_long_job_back_at_once(runner):
    process = runner("exports", WORKER_STOP_SECONDS="0.5")
    queue([1], seconds=60)
    wait(lambda: rows("layer_work.drill_begun") == [1], "the job does not begin")
    process.terminate()
    assert process.wait(PATIENCE) == 0
    job = Job.objects.get()
    assert (job.finished, job.leased_until, job.attempts) == (None, None, 0)
    assert not Worker.objects.exists(), "they sign off"


def test_a_worker_whose_lease_was_lost_ends_itself_and_does_not_go_on_beside_the_other(runner):
    runner("exports")
    queue([1], seconds=20)
    wait(lambda: rows("layer_work.drill_begun") == [1], "the job does not begin")
    pid = pids()["exports"]
    os.kill(pid, signal.SIGSTOP)  # a machine that sleeps
    Job.objects.update(worker="another", attempts=2)
    os.kill(pid, signal.SIGCONT)
    seconds = wait(lambda: not is_alive(pid), "it goes on")
    assert rows("layer_work.drill_effects") == []
    Job.objects.update(worker="", leased_until=None, args=[1, 0])
    wait(done, "nobody takes the job again")
    tell(f"lease lost: the worker ended itself after {seconds:.1f} s")
