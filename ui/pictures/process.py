"""Hands a picture to a process of its own and takes the answer back.

One server (`server.py`) for each process of the site, started with the first picture; it ends with it.
"""

import array
import atexit
import os
import socket
import subprocess
import sys
from pathlib import Path
from threading import Lock
from typing import Any

from django.utils.translation import gettext as _

from geokit.refusal import Busy
from ui.pictures import server

ROOT = Path(__file__).resolve().parents[2]
WAIT_SECONDS = 60.0
"""How long a request waits for its turn and its answer; a process that works ends itself sooner."""
ENVIRONMENT = {"LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
"""No secret of the site is in a process that reads hostile files."""


class PictureProcessDied(Exception):
    """The process that read the picture was ended: it asked for too much memory or time, or the library crashed."""


class _Server:
    """The running server: its process and the socket that sockets are passed through."""

    def __init__(self) -> None:
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-P", "-m", "ui.pictures.server", str(theirs.fileno())],
                cwd=ROOT,
                env=ENVIRONMENT | {"PYTHONPATH": str(ROOT)},
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )

    def pass_on(self, theirs: socket.socket) -> None:
        """Raises OSError when the server is gone."""
        passed = array.array("i", [theirs.fileno()])
        self.control.sendmsg([b"p"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, passed)])

    def stop(self) -> None:
        """It ends by itself when nobody holds the other end."""
        self.control.close()
        self.process.wait()


_lock = Lock()
_running: _Server | None = None
_of_parents: list[_Server] = []
"""Servers of the process that this one was forked from: neither used nor stopped here."""


def work_on(operation: str, content: bytes, **how: Any) -> tuple[dict[str, Any], bytes]:
    """Do one of `operations.OPERATIONS` on a picture's bytes and return its facts and bytes.

    Raises PictureProcessDied, and Busy when other pictures have kept this one waiting for too long.
    """
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            _pass_on(theirs)
        ours.settimeout(WAIT_SECONDS)
        try:
            server.send(ours, {"operation": operation, "how": how}, content)
            return server.receive(ours)
        except TimeoutError as error:
            raise Busy(_("正在处理的照片太多，请稍后再试。"), code="pictures-busy") from error
        except (OSError, ValueError) as error:
            raise PictureProcessDied from error


def _pass_on(theirs: socket.socket) -> None:
    global _running
    with _lock:
        if _running is not None:
            try:
                _running.pass_on(theirs)
                return
            except OSError:
                _running.stop()
        _running = _Server()
        _running.pass_on(theirs)


def stop() -> None:
    """Stop the server; the next picture starts another."""
    global _running
    with _lock:
        if _running is not None:
            _running.stop()
        _running = None


def _forget() -> None:
    global _running, _lock
    _lock = Lock()
    if _running is not None:
        _running.control.close()
        _of_parents.append(_running)
    _running = None


atexit.register(stop)
os.register_at_fork(after_in_child=_forget)
