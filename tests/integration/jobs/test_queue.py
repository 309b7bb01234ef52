"""Queued with the transaction that needs them, held by a lease, given back, given up."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from jobs import calls, claims
from jobs.lanes import ATTEMPTS, LEASE, Lane
from jobs.models import Job
from jobs.queue import enqueue, try_again

JOB = "jobs.housekeeping.clean_up"
EXPORTS = Lane.EXPORTS


def silent_for(seconds):
    """As if the worker's last heartbeat were so long ago."""
    Job.objects.filter(finished=None).update(leased_until=timezone.now() + LEASE - timedelta(seconds=seconds))


@pytest.mark.django_db
def test_a_job_is_queued_with_the_transaction_that_needs_it():
    with transaction.atomic():
        enqueue(JOB)
    assert claims.claim(EXPORTS, "a").func == JOB


@pytest.mark.django_db
def test_a_transaction_that_fails_leaves_no_job_behind():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        enqueue(JOB)
        raise ZeroDivisionError
    assert not Job.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("func", "args"),
    [
        ("os.system", ["true"]),
        ("django.core.management.call_command", ["check"]),
        ("jobs", []),
        ("jobs..x", []),
        ("", []),
        ("jobs;x.y", []),
        # Names of others in our own modules, and functions of ours that run what they are given.
        ("geo_portal.management.commands.prepare.call_command", ["shell", "--command", "import this"]),
        ("jobs.calls.import_string", ["this.s"]),
        ("jobs.calls.call", ["jobs.housekeeping.clean_up", []]),
        ("geokit.process_limits.ask_child", ["this"]),
        ("ledger.anchors.services.anchor", []),
    ],
)
def test_only_functions_that_a_room_names_are_called_whoever_wrote_the_row(func, args):
    with pytest.raises(ValueError, match="no function of this site"):
        enqueue(func, *args)
    row = Job.objects.create(func=func or "-", args=args, lane=EXPORTS)  # somebody wrote the row by other means
    with pytest.raises(ValueError, match="no function of this site"):
        calls.call(row.func, row.args)


@pytest.mark.django_db
def test_a_worker_takes_its_own_lane_only_and_the_oldest_first():
    late, early = (enqueue(JOB, due=timezone.now() - timedelta(minutes=age)) for age in (1, 2))
    enqueue(JOB, due=timezone.now() + timedelta(minutes=1))
    assert claims.claim(Lane.MAIL, "a") is None
    assert [claims.claim(EXPORTS, "a").id for _turn in range(2)] == [early.pk, late.pk]
    assert claims.claim(EXPORTS, "a") is None, "the third is not due yet"


@pytest.mark.django_db
def test_a_job_comes_again_a_lease_after_the_last_heartbeat_and_not_before():
    enqueue(JOB)
    first = claims.claim(EXPORTS, "a")
    silent_for(58)
    assert claims.claim(EXPORTS, "b") is None
    with connection.cursor() as cursor:
        assert first.extend(cursor)
    silent_for(61)
    second = claims.claim(EXPORTS, "b")
    assert (second.id, second.attempt) == (first.id, 2)


@pytest.mark.django_db
def test_a_worker_that_was_thought_dead_changes_nothing_any_more():
    enqueue(JOB)
    first = claims.claim(EXPORTS, "a")
    silent_for(61)
    second = claims.claim(EXPORTS, "b")
    with connection.cursor() as cursor:
        assert not first.extend(cursor)
    assert not first.finish(succeeded=False, said="late")
    assert not first.release()
    assert second.finish(succeeded=True, said="b\0")
    assert not second.finish(succeeded=False, said="twice")
    assert Job.objects.values_list("succeeded", "said").get() == (True, "b")


@pytest.mark.django_db
def test_what_is_given_back_is_due_after_its_wait_and_is_no_attempt():
    enqueue(JOB)
    assert claims.claim(EXPORTS, "a").release(timedelta(minutes=1))
    assert claims.claim(EXPORTS, "a") is None
    Job.objects.update(due=timezone.now())
    assert claims.claim(EXPORTS, "a").attempt == 1


@pytest.mark.django_db
def test_what_ends_its_worker_again_and_again_is_given_up_and_says_so():
    enqueue(JOB)
    for attempt in range(1, ATTEMPTS + 1):
        assert claims.give_up(EXPORTS) == 0
        assert claims.claim(EXPORTS, "a").attempt == attempt
        silent_for(61)
    assert claims.claim(EXPORTS, "a") is None
    assert claims.give_up(EXPORTS) == 1
    assert Job.objects.values_list("succeeded", "said").get() == (False, f"its worker vanished {ATTEMPTS} times")


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_get_each_job_once():
    for _number in range(40):
        enqueue(JOB)

    def work(name):
        try:
            found = []
            while (job := claims.claim(EXPORTS, name)) is not None:
                found.append(job.id)
            return found
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        taken = [pk for found in pool.map(work, "abcd") for pk in found]
    assert len(taken) == 40
    assert set(taken) == set(Job.objects.values_list("pk", flat=True))


@pytest.mark.django_db
def test_a_failed_job_that_two_try_again_at_once_is_queued_once():
    failed = Job.objects.create(func=JOB, lane=EXPORTS, finished=timezone.now(), succeeded=False)
    seen_by_another = Job.objects.get(pk=failed.pk)
    assert try_again(failed) == Job.objects.get()
    assert try_again(seen_by_another) is None
    assert Job.objects.count() == 1
