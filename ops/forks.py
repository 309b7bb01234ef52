"""Processes that are forks of this one, kept up: what was loaded before is there at once in each of them.

Linux. Nothing here loads or serves anything; the job runner and the web server hand in what a fork does.
"""

from __future__ import annotations

import ctypes
import os
import signal
import time
import traceback
from collections.abc import Callable, Sequence
from typing import NoReturn

from ops.supervise import Charge, Supervisor

LOOK_SECONDS = 0.1
STOPS = (signal.SIGTERM, signal.SIGINT)


class Fork:
    """One process, started again by `start()` whenever it has ended."""

    def __init__(self, name: str, work: Callable[[], int | None], before: Callable[[], None] = lambda: None) -> None:
        """`work` runs in the fork and says its exit code (None: 0); `before` runs here, before each fork."""
        self.name = name
        self.work = work
        self.before = before
        self.pid = 0
        self.failures = 0
        """How often in a row it has ended by itself, and not well."""

    def start(self) -> None:
        parent = os.getpid()
        self.before()
        self.pid = os.fork()
        if self.pid == 0:
            self._be_it(parent)

    def ended(self) -> str | None:
        """How it ended; None while it runs."""
        pid, status = os.waitpid(self.pid, os.WNOHANG) if self.pid else (0, 0)
        if pid == 0:
            return None if self.pid else "not started"
        self.pid = 0
        code = os.waitstatus_to_exitcode(status)
        self.failures = self.failures + 1 if code > 0 else 0
        return f"signal {-code}" if code < 0 else f"code {code}"

    def signal(self, number: int) -> None:
        if self.pid:
            os.kill(self.pid, number)

    def _be_it(self, parent: int) -> NoReturn:
        """The fork; never returns to the code of the process that it came from."""
        code: int | None = 1
        try:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent, which tells us
            end_with(parent)
            code = self.work()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(bool(end.code))
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code or 0)


class Forks:
    """Keep forks up: `run()` until SIGTERM or SIGINT."""

    def __init__(
        self, forks: Sequence[Fork], *, say: Callable[[str], None], grace: float, failures: int | None = None
    ) -> None:
        """`grace` is what each gets, in seconds, to end before it is killed.

        What has ended by itself `failures` times in a row, and quickly, will not stay up: that ends the others too.
        """
        self.forks = forks
        self.grace = grace
        self.failures = failures
        self.stopping = False
        self._supervisor = Supervisor(
            [Charge(fork.name, fork.start, fork.ended) for fork in forks], time.monotonic, say
        )

    def run(self) -> int:
        """The exit code: 0 when it was asked to stop, 1 when it gave up."""
        for number in STOPS:
            signal.signal(number, self._asked_to_stop)
        self._supervisor.start()
        while not self.stopping and not (gives_up := self._gives_up()):
            self._supervisor.look()
            time.sleep(LOOK_SECONDS)
        self._stop()
        return 0 if self.stopping else int(gives_up)

    def _asked_to_stop(self, *_: object) -> None:
        self.stopping = True

    def _gives_up(self) -> bool:
        if self.failures is None:
            return False
        pairs = zip(self.forks, self._supervisor.charges, strict=True)
        return any(min(fork.failures, charge.backoff.ends) >= self.failures for fork, charge in pairs)

    def _stop(self) -> None:
        """SIGTERM to all, then SIGKILL to any that stays."""
        self._signal(signal.SIGTERM)
        deadline = time.monotonic() + self.grace
        while self._some_are_left() and time.monotonic() < deadline:
            time.sleep(0.05)
        self._signal(signal.SIGKILL)
        for fork in self.forks:
            if fork.pid:
                os.waitpid(fork.pid, 0)

    def _some_are_left(self) -> bool:
        left = [fork for fork in self.forks if fork.pid and fork.ended() is None]
        return bool(left)

    def _signal(self, number: int) -> None:
        for fork in self.forks:
            fork.signal(number)


def end_with(parent: int, by: int = signal.SIGTERM) -> None:
    """As `die_with_parent`, also where `parent` has already gone."""
    die_with_parent(by)
    if os.getppid() != parent:
        os._exit(1)  # it vanished before we could ask


def die_with_parent(by: int = signal.SIGTERM) -> None:
    """This process gets signal `by` when its parent vanishes, even by kill -9."""
    set_death_signal = 1
    ctypes.CDLL(None).prctl(set_death_signal, by)
