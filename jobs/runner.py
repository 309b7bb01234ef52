"""The runner: forks one process per place in the lanes and forks again whatever ended.

It keeps nothing that a worker needs, so a killed worker takes nothing with it; and the workers go when it goes, so no
orphan keeps running old code.
"""

import logging
from collections.abc import Sequence

from django.conf import settings
from django.db import connections

from jobs.lanes import Lane, workers_of
from jobs.worker import Worker
from ops.forks import Fork, Forks

log = logging.getLogger(__name__)
GRACE_SECONDS = 5.0
"""What a worker gets over its own time before it is killed; its job then comes again."""


def run(lanes: Sequence[Lane]) -> None:
    """Until SIGTERM or SIGINT."""
    forks = [_fork(lane) for lane in lanes for _number in range(workers_of(lane))]
    Forks(forks, say=log.warning, grace=settings.WORKER_STOP_SECONDS + GRACE_SECONDS).run()


def _fork(lane: Lane) -> Fork:
    # Made in the fork, for a worker's name has its process number.
    return Fork(f"worker for {lane}", lambda: Worker(lane).run(), before=connections.close_all)
