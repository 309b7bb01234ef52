"""Forks are kept up by what they are forks of, stop with it, and one that never stays up ends it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ops.environment import ROOT

KEEPER = """
import os, sys, time
from ops.forks import Fork, Forks

def work():
    print(os.getpid(), flush=True)
    {work}

sys.exit(Forks([Fork("one", work)], say=lambda line: print(line, file=sys.stderr), grace=20, failures=3).run())
"""


@contextmanager
def keeper(work: str) -> Iterator[subprocess.Popen[str]]:
    """A process that keeps `work` up; it ends with the test, also with one that fails."""
    command = [sys.executable, "-c", KEEPER.format(work=work)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as kept:
        try:
            yield kept
        finally:
            kept.kill()


def next_fork(kept: subprocess.Popen[str]) -> int:
    assert kept.stdout
    return int(kept.stdout.readline())


def is_gone(pid: int) -> bool:
    """Whatever the machine does meanwhile: the kernel has been told already."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


def test_a_killed_fork_comes_again_and_all_end_when_asked_to() -> None:
    with keeper("time.sleep(600)") as kept:
        seen = [next_fork(kept)]
        for _turn in range(4):  # more often than it may fail: to be killed is no failure
            os.kill(seen[-1], signal.SIGKILL)
            seen.append(next_fork(kept))
        kept.terminate()
        _out, told = kept.communicate()
    assert kept.returncode == 0
    assert len(set(seen)) == 5
    assert told.count("one ended (signal 9)") == 4
    assert is_gone(seen[-1])


def test_forks_go_with_what_keeps_them_even_by_kill_9() -> None:
    with keeper("time.sleep(600)") as kept:
        pid = next_fork(kept)
        kept.kill()
    assert is_gone(pid)


@pytest.mark.parametrize(
    ("work", "how"), [("return 7", "code 7"), ("sys.exit(4)", "code 4"), ("raise OSError", "code 1")]
)
def test_one_that_never_stays_up_ends_all(work: str, how: str) -> None:
    with keeper(work) as kept:
        _out, told = kept.communicate()
    assert kept.returncode == 1
    assert told.count(f"one ended ({how})") == 3
