"""One worker: one process, one lane, one job at a time, claimed by itself. It shares nothing with any other process."""

import contextlib
import logging
import os
import secrets
import signal
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.utils import translation

from jobs import claims, schedules
from jobs.calls import Later, call
from jobs.claims import Claim
from jobs.former_queue import take_over_jobs
from jobs.heart import Heart
from jobs.lanes import Lane, longest
from jobs.signals import worker_started

log = logging.getLogger(__name__)
POLL_SECONDS = 0.5
LONGEST_WAIT = 5.0
AGAIN_AFTER = timedelta(seconds=5)
LOST = (OperationalError, InterfaceError)
"""What a job raises when its database went away; such a job comes again."""


class Stop(BaseException):
    """The job must end now; no BaseException that its own code would catch."""


class Worker:
    """`run()` until SIGTERM. A busy one then has `settings.WORKER_STOP_SECONDS` to finish, or gives its job back."""

    def __init__(self, lane: Lane) -> None:
        host = socket.gethostname()
        self.lane = lane
        self.name = f"{host[:60]}:{os.getpid()}:{secrets.token_hex(3)}"
        self.stopping = self.busy = False
        self.heart = Heart(self.name, host, lane)
        self._wait = POLL_SECONDS

    def run(self) -> None:
        signal.signal(signal.SIGTERM, self._asked_to_stop)
        signal.signal(signal.SIGALRM, self._time_is_up)
        self.heart.start()
        self._begin()
        while not self.stopping:
            self.heart.looking()
            if not self._turn():
                time.sleep(self._wait)
        self.heart.stop()

    def _begin(self) -> None:
        """What a start asks for; a database that is not there yet is no reason not to start."""
        try:
            take_over_jobs(connection)
            worker_started.send(sender=type(self), lane=self.lane)
        except LOST as error:
            log.warning("worker %s starts without its database: %s", self.name, str(error).partition("\n")[0])
            connection.close()

    def _turn(self) -> bool:
        """One look at the queue; whether there was something to do. A database that is away is waited for."""
        try:
            close_old_connections()
            did = self.one()
        except LOST as error:
            if self._wait == POLL_SECONDS:
                log.warning("worker %s waits for the database: %s", self.name, str(error).partition("\n")[0])
            self._wait = min(LONGEST_WAIT, self._wait * 2)
            connection.close()
            return False
        self._wait = POLL_SECONDS
        return did

    def one(self) -> bool:
        """Queue what the clock asks for, claim one job and do it; False when there was none."""
        schedules.queue_due()
        claims.give_up(self.lane)
        found = claims.claim(self.lane, self.name)
        if found:
            self._do(found)
        return found is not None

    def _do(self, job: Claim) -> None:
        limit = longest(self.lane).total_seconds()
        try:
            # The lease is kept for the work alone: a beat after its end was written would find the job lost.
            with self.heart.holding(job, limit), translation.override(settings.LANGUAGE_CODE), self._alarm(limit):
                said: Any = call(job.func, job.args)
        except Later as later:
            _fresh_connection()
            job.release(later.after)
        except LOST as error:
            log.warning("%s lost its database and comes again: %s", job.func, str(error).partition("\n")[0])
            _fresh_connection()
            job.release(AGAIN_AFTER, counts=True)
        except Stop:
            self._stopped(job)
        except Exception as error:
            log.exception("job %s failed: %s", job.id, job.func)
            _fresh_connection()
            job.finish(succeeded=False, said=f"{type(error).__name__}: {error}")
        else:
            job.finish(succeeded=True, said="" if said is None else str(said))

    def _stopped(self, job: Claim) -> None:
        _fresh_connection()
        if self.stopping:
            job.release()
        else:
            log.error("job %s took longer than its lane allows: %s", job.id, job.func)
            job.finish(succeeded=False, said="took longer than its lane allows")

    @contextlib.contextmanager
    def _alarm(self, limit: float) -> Iterator[None]:
        self.busy = True
        signal.setitimer(signal.ITIMER_REAL, settings.WORKER_STOP_SECONDS if self.stopping else limit)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            self.busy = False

    def _asked_to_stop(self, *_: object) -> None:
        self.stopping = True
        if self.busy:
            signal.setitimer(signal.ITIMER_REAL, max(0.01, settings.WORKER_STOP_SECONDS))

    def _time_is_up(self, *_: object) -> None:
        if self.busy:
            raise Stop


def _fresh_connection() -> None:
    """What a job left in its session, locks above all, goes with the session."""
    if not connection.in_atomic_block:
        connection.close()
