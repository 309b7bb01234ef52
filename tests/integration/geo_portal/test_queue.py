"""Background jobs: queued with the transaction that needs them, and never lost with a worker."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from django_q.brokers import get_broker
from django_q.models import OrmQ
from django_q.tasks import async_task

JOB = "projects.jobs.refresh_lights"


@pytest.fixture
def broker(db):
    return get_broker()


def test_a_job_is_queued_with_the_transaction_that_needs_it(broker):
    with transaction.atomic():
        async_task(JOB)
    assert broker.queue_size() == 1


def test_a_transaction_that_fails_leaves_no_job_behind(broker):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        async_task(JOB)
        raise ZeroDivisionError
    assert OrmQ.objects.count() == 0


def test_a_job_that_one_worker_holds_is_not_given_to_another(broker):
    async_task(JOB)
    assert len(broker.dequeue()) == 1
    assert broker.dequeue() is None


def test_a_job_comes_again_when_its_worker_was_killed(broker):
    async_task(JOB)
    ((first, _),) = broker.dequeue()
    # A worker that is killed acknowledges nothing; its hold on the job runs out.
    OrmQ.objects.update(lock=timezone.now() - timedelta(seconds=1))
    ((second, _),) = broker.dequeue()
    assert second == first


def test_a_job_that_is_done_does_not_come_again(broker):
    async_task(JOB)
    ((pk, _),) = broker.dequeue()
    broker.acknowledge(pk)
    OrmQ.objects.update(lock=timezone.now() - timedelta(seconds=1))
    assert broker.dequeue() is None


def test_a_hold_outlasts_the_longest_job(settings):
    assert settings.Q_CLUSTER["retry"] > settings.Q_CLUSTER["timeout"]
