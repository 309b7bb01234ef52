"""Limits of time and memory for a process that reads somebody's file."""

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ops.forks import die_with_parent

ROOT = Path(__file__).resolve().parents[1]
PAGE = os.sysconf("SC_PAGE_SIZE")
HEADROOM = 2
"""Address space asked for may be that many times the limit; what is really used is measured from outside."""


def limit_this_process(memory_mb: int, seconds: int) -> None:
    """Limit this process: `seconds` of CPU, twice `memory_mb` of data, no core file, and an end with its parent.

    Linux only. What asks for too much memory gets MemoryError; too much CPU ends the process with SIGXCPU.
    """
    die_with_parent(by=signal.SIGKILL)
    if os.getppid() == 1:
        os._exit(1)  # the parent went before it could be told
    _lower_limit(resource.RLIMIT_DATA, _data_bytes() + HEADROOM * memory_mb * 1024**2)
    _lower_limit(resource.RLIMIT_CPU, seconds)
    _lower_limit(resource.RLIMIT_CORE, 0)


def _lower_limit(what: int, value: int) -> None:
    _, hard = resource.getrlimit(what)
    resource.setrlimit(what, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def _data_bytes() -> int:
    """Private writable memory of this process, which RLIMIT_DATA counts."""
    return int(Path("/proc/self/statm").read_text().split()[5]) * PAGE


def resident_mb(pid: int) -> float:
    """Memory that a process really uses; 0 when it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 1024**2
    except (OSError, IndexError):
        return 0.0


def ask_child(module: str, *words: str, content: bytes, seconds: float) -> dict[str, Any]:
    """Run ``python -m module words`` with `content` on its standard input; return the JSON that it writes.

    It gets none of our variables, the secrets among them. Raises TimeoutError after `seconds`, and ValueError
    where it ended badly or wrote something else.
    """
    try:
        done = subprocess.run(  # noqa: S603 - a module of ours; what an outsider sends goes to its standard input
            [sys.executable, "-m", module, *words],
            input=content,
            capture_output=True,
            timeout=seconds,
            cwd=ROOT,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise TimeoutError(f"{module} took longer than {seconds} s") from error
    except subprocess.CalledProcessError as error:
        raise ValueError(f"{module} ended with {error.returncode}") from error
    return dict(json.loads(done.stdout))


def watch(
    process: subprocess.Popen[bytes], *, memory_mb: int, seconds: float, every: float, also: Callable[[], str] = str
) -> str:
    """Wait for a process's end, or for a reason to make one: `memory-limit`, `time-limit`, or what `also` says.

    Looks `every` so many seconds; returns "" when it ended by itself.
    """
    began = time.monotonic()
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(every)
        if process.returncode is not None:
            return ""
        if resident_mb(process.pid) > memory_mb:
            return "memory-limit"
        if time.monotonic() - began > seconds:
            return "time-limit"
        if reason := also():
            return reason


def end_session(process: subprocess.Popen[bytes]) -> None:
    """Kill a process that leads a session of its own, and all it has started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
