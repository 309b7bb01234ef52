"""`python -m ui.pictures.server FD`: forks a process for each picture, at most `AT_ONCE` at the same time.

Each message on the socket FD carries one connected socket, on which the forked process reads a picture and writes its
answer. It ends when the other end of FD is closed. It knows nothing of the site: no settings, no database, no secrets.
"""

from __future__ import annotations

import array
import contextlib
import io
import json
import os
import signal
import socket
import struct
import sys
from typing import Any

from PIL import Image

from geokit.process_limits import limit_this_process
from ui.pictures.operations import FORMATS, OPERATIONS, Unreadable

AT_ONCE = 2
MEMORY_MB = 200
"""Half of what a process may ask for beyond the libraries (`limit_this_process`)."""
CPU_SECONDS = 20
WALL_SECONDS = 40
"""Ends also a process whose picture does not arrive."""
HEAD = struct.Struct("!II")
"""Lengths in bytes of the JSON and of the picture that follow."""
MOST_JSON = 1024**2
MOST_BYTES = 64 * 1024**2


def main(control: socket.socket) -> None:
    warm_up()
    running: set[int] = set()
    while (given := _next_socket(control)) is not None:
        while len(running) >= AT_ONCE:
            running.discard(os.wait()[0])
        running.add(_fork(control, given))
        given.close()
        _reap(running)


def warm_up() -> None:
    """Have Pillow and numpy load now what they load with the first picture; every fork would load it again."""
    for kind in FORMATS:
        made = io.BytesIO()
        Image.new("RGB", (64, 64)).save(made, kind)
        OPERATIONS["hashes"](made.getvalue())


def _next_socket(control: socket.socket) -> socket.socket | None:
    """Wait for the next picture's socket; None when nobody will ask any more."""
    message, passed, _flags, _address = control.recvmsg(1, socket.CMSG_SPACE(array.array("i").itemsize))
    for _level, _kind, data in passed:
        return socket.socket(fileno=array.array("i", data)[0])
    return None if not message else _next_socket(control)


def _fork(control: socket.socket, given: socket.socket) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        signal.alarm(WALL_SECONDS)
        control.close()
        limit_this_process(MEMORY_MB, CPU_SECONDS)
        _answer(given)
    except (OSError, MemoryError, ValueError):
        os._exit(1)
    finally:
        os._exit(0)


def _reap(running: set[int]) -> None:
    with contextlib.suppress(ChildProcessError):
        while (pid := os.waitpid(-1, os.WNOHANG)[0]) != 0:
            running.discard(pid)


def _answer(given: socket.socket) -> None:
    question, picture = receive(given)
    try:
        facts, content = OPERATIONS[question["operation"]](picture, **question["how"])
    except Unreadable as refusal:
        facts, content = refusal.facts, b""
    except MemoryError:
        facts, content = {"refused": "too-costly"}, b""
    send(given, facts, content)


def send(to: socket.socket, said: dict[str, Any], content: bytes) -> None:
    """Write one message: JSON and bytes, never anything that could run on the other side."""
    text = json.dumps(said).encode()
    to.sendall(HEAD.pack(len(text), len(content)) + text)
    to.sendall(content)


def receive(of: socket.socket) -> tuple[dict[str, Any], bytes]:
    """Read one message. Raises EOFError (an OSError's kin) when it does not arrive whole, ValueError when too large."""
    text_length, length = HEAD.unpack(_read(of, HEAD.size))
    if text_length > MOST_JSON or length > MOST_BYTES:
        raise ValueError("message too large")
    return json.loads(_read(of, text_length)), _read(of, length)


def _read(of: socket.socket, length: int) -> bytes:
    parts = bytearray(length)
    view, got = memoryview(parts), 0
    while got < length:
        count = of.recv_into(view[got:])
        if not count:
            raise ConnectionResetError("the message ends early")
        got += count
    return bytes(parts)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
