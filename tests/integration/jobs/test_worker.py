"""One turn of a worker: done, failed, later, lost its database, stopped."""

import signal
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from jobs import worker as module
from jobs.calls import Later
from jobs.lanes import Lane
from jobs.models import Job, Schedule
from jobs.queue import enqueue
from jobs.worker import Stop, Worker

pytestmark = pytest.mark.django_db
JOB = "jobs.housekeeping.clean_up"


@pytest.fixture
def worker():
    Schedule.objects.all().delete()
    return Worker(Lane.EXPORTS)


@pytest.fixture
def does(monkeypatch):
    """Have jobs do something else."""

    def become(what):
        def called(func, args):
            if isinstance(what, BaseException) or (isinstance(what, type) and issubclass(what, BaseException)):
                raise what
            return what(*args)

        monkeypatch.setattr(module, "call", called)

    return become


def test_a_job_is_called_with_its_arguments_and_says_what_came_of_it(worker, does):
    does(lambda *args: f"{args}")
    enqueue(JOB, 1, ["a"])
    assert worker.one()
    assert not worker.one()
    job = Job.objects.get()
    assert (job.succeeded, job.said, job.leased_until) == (True, "(1, ['a'])", None)


def test_the_real_function_is_found_by_its_path(worker):
    enqueue(JOB)
    worker.one()
    assert Job.objects.get().succeeded is True


@pytest.mark.parametrize("func", ["jobs.housekeeping.no_such", "jobs.nowhere.at_all"])
def test_a_function_that_is_gone_fails_the_job_and_not_the_worker(worker, func):
    Job.objects.create(func=func, lane=Lane.EXPORTS)
    enqueue(JOB)
    while worker.one():
        pass
    assert list(Job.objects.order_by("pk").values_list("succeeded", flat=True)) == [False, True]


def test_a_failure_is_kept_with_its_reason_and_does_not_come_again(worker, does):
    does(RuntimeError("no such place"))
    enqueue(JOB)
    assert worker.one()
    assert not worker.one()
    assert Job.objects.values_list("succeeded", "said").get() == (False, "RuntimeError: no such place")


@pytest.mark.parametrize("what", [ValueError("x\udcff\0"), lambda: "x\udcff\0"], ids=["failed", "done"])
def test_words_that_no_database_holds_end_a_job_all_the_same(worker, does, what, monkeypatch):
    """As in the name of a file in GBK; a worker that cannot write them down would do the job again and again."""
    monkeypatch.setattr(module.log, "exception", lambda *said: None)  # what runs the tests cannot hold them either
    does(what)
    enqueue(JOB)
    assert worker.one()
    job = Job.objects.get()
    assert (job.finished is not None, job.said.endswith("x?")) == (True, True)


def test_one_that_cannot_be_done_just_now_comes_later_and_that_is_no_attempt(worker, does):
    does(Later(timedelta(minutes=3)))
    enqueue(JOB)
    worker.one()
    job = Job.objects.get()
    assert (job.finished, job.attempts) == (None, 0)
    assert job.due > timezone.now() + timedelta(minutes=2)


def test_one_that_lost_its_database_comes_again(worker, does):
    does(OperationalError("server closed the connection"))
    enqueue(JOB)
    worker.one()
    job = Job.objects.get()
    assert (job.finished, job.attempts, job.leased_until) == (None, 1, None)


def test_a_stopped_worker_gives_its_job_back_at_once(worker, does):
    does(Stop)
    enqueue(JOB)
    worker.stopping = True
    worker.one()
    job = Job.objects.get()
    assert (job.finished, job.attempts, job.worker) == (None, 0, "")
    assert job.due <= timezone.now()


def test_a_job_over_the_limit_of_its_lane_is_stopped_and_failed(worker, monkeypatch, does):
    monkeypatch.setattr(module, "longest", lambda lane: timedelta(milliseconds=50))
    does(lambda: signal.pause())
    before = signal.signal(signal.SIGALRM, worker._time_is_up)
    enqueue(JOB)
    try:
        worker.one()
    finally:
        signal.signal(signal.SIGALRM, before)
    assert Job.objects.values_list("succeeded", "said").get() == (False, "took longer than its lane allows")
