"""The health check of the containers ends what hangs: only after so many failures in a row, by force if need be."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ops.environment import ROOT

SCRIPT = ROOT / "ops" / "container" / "or-end"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(99)"


@pytest.fixture
def hanging():
    """A program that hears no SIGTERM."""
    process = subprocess.Popen([sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    yield process
    process.kill()
    process.wait()


@pytest.fixture
def check(hanging, tmp_path: Path):
    def run(*command: str, seconds: str = "30", after: str = "0") -> int:
        environ = os.environ | {
            "OR_END_FILE": str(tmp_path / "count"), "OR_END_PID": str(hanging.pid), "OR_END_GRACE": "0.2",
            "OR_END_AFTER": after,
        }  # fmt: skip
        return subprocess.run([SCRIPT, "3", seconds, *command], env=environ, stderr=subprocess.DEVNULL).returncode

    return run


def test_three_failures_in_a_row_end_it(hanging, check):
    assert [check("false") for _turn in range(3)] == [1, 1, 1]
    assert hanging.wait(60) == -signal.SIGKILL


def test_a_check_that_does_not_answer_is_a_failure(hanging, check):
    assert [check("sleep", "60", seconds="0.1") for _turn in range(3)] == [1, 1, 1]
    assert hanging.wait(60) == -signal.SIGKILL


def test_one_that_is_well_in_between_begins_anew(hanging, check):
    assert [check(word) for word in ("false", "false", "true", "false", "false")] == [1, 1, 0, 1, 1]
    assert hanging.poll() is None


def test_where_nothing_can_be_said_nothing_is_ended(hanging, check):
    assert [check("sh", "-c", "exit 2") for _turn in range(5)] == [1] * 5
    assert hanging.poll() is None


def test_one_that_has_only_begun_is_left_alone(hanging, check):
    assert [check("false", after="60") for _turn in range(4)] == [1] * 4
    assert hanging.poll() is None
    assert [check("false") for _turn in range(3)] == [1] * 3, "what failed before that counts"
    assert hanging.wait(60) == -signal.SIGKILL
