"""The runner: forks one process per place in the lanes and forks again whatever ended.

It keeps nothing that a worker needs, so a killed worker takes nothing with it; and the workers go when it goes, so no
orphan keeps running old code.
"""

import ctypes
import logging
import os
import signal
import time
import traceback
from collections.abc import Sequence

from django.conf import settings
from django.db import connections

from jobs.lanes import Lane, workers_of
from jobs.worker import Worker
from ops.supervise import Charge, Supervisor

log = logging.getLogger(__name__)
LOOK_SECONDS = 0.2
GRACE_SECONDS = 5.0
"""What a worker gets over its own time before it is killed."""


class Place:
    """One worker's place: empty, or a process."""

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self.pid = 0

    def fill(self) -> None:
        parent = os.getpid()
        connections.close_all()
        self.pid = os.fork()
        if self.pid == 0:
            _be_worker(self.lane, parent)

    def ended(self) -> str | None:
        pid, status = os.waitpid(self.pid, os.WNOHANG) if self.pid else (0, 0)
        if pid == 0:
            return None if self.pid else "not started"
        self.pid = 0
        code = os.waitstatus_to_exitcode(status)
        return f"signal {-code}" if code < 0 else f"code {code}"

    def signal(self, number: int) -> None:
        if self.pid:
            os.kill(self.pid, number)


class Runner:
    """`run()` until SIGTERM or SIGINT."""

    def __init__(self, lanes: Sequence[Lane]) -> None:
        self.places = [Place(lane) for lane in lanes for _number in range(workers_of(lane))]
        self.stopping = False

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._asked_to_stop)
        charges = [Charge(f"worker for {place.lane}", place.fill, place.ended) for place in self.places]
        supervisor = Supervisor(charges, time.monotonic, log.warning)
        supervisor.start()
        while not self.stopping:
            supervisor.look()
            time.sleep(LOOK_SECONDS)
        self._stop()

    def _asked_to_stop(self, *_: object) -> None:
        self.stopping = True

    def _stop(self) -> None:
        """SIGTERM to all, then SIGKILL to any that stays; its job comes again."""
        self._signal(signal.SIGTERM)
        deadline = time.monotonic() + settings.WORKER_STOP_SECONDS + GRACE_SECONDS
        while self._some_are_left() and time.monotonic() < deadline:
            time.sleep(0.05)
        self._signal(signal.SIGKILL)
        for place in self.places:
            if place.pid:
                os.waitpid(place.pid, 0)

    def _some_are_left(self) -> bool:
        left = [place for place in self.places if place.pid and place.ended() is None]
        return bool(left)

    def _signal(self, number: int) -> None:
        for place in self.places:
            place.signal(number)


def _be_worker(lane: Lane, parent: int) -> None:
    """The forked process; never returns to the runner's code."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the runner, which tells us
        _end_with(parent)
        Worker(lane).run()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _end_with(parent: int) -> None:
    """Linux: SIGTERM for this process when its runner vanishes, even by kill -9."""
    set_death_signal = 1
    ctypes.CDLL(None).prctl(set_death_signal, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)  # it vanished before we could ask
