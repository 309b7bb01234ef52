"""A telephone's line to the site that breaks when a test says so: bytes through a socket of its own, no mock."""

import contextlib
import math
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

PIECE = 16_384


class Line:
    """Carries bytes to the site. After `break_after(count)` it is dead as soon as more went up, until `mend()`."""

    def __init__(self, site: str) -> None:
        self._site = (urlsplit(site).hostname, urlsplit(site).port)
        self._left: float = math.inf
        self._lock = threading.Lock()
        self.broken = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def break_after(self, count: float) -> None:
        with self._lock:
            self._left = count

    def mend(self) -> None:
        self.break_after(math.inf)
        self.broken.clear()

    def close(self) -> None:
        self._listener.close()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                phone, _ = self._listener.accept()
                threading.Thread(target=self._carry, args=(phone,), daemon=True).start()

    def _carry(self, phone: socket.socket) -> None:
        with contextlib.suppress(OSError), phone, socket.create_connection(self._site) as site:
            threading.Thread(target=self._down, args=(site, phone), daemon=True).start()
            while not self.broken.is_set() and (piece := phone.recv(PIECE)):
                site.sendall(self._what_passes(piece))
            site.shutdown(socket.SHUT_RDWR)
            phone.shutdown(socket.SHUT_RDWR)

    def _what_passes(self, piece: bytes) -> bytes:
        """The piece, or what of it is on its way when the line breaks."""
        with self._lock:
            passes = piece[: int(min(self._left, len(piece)))]
            self._left -= len(passes)
            if len(passes) < len(piece):
                self.broken.set()
        return passes

    @staticmethod
    def _down(site: socket.socket, phone: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := site.recv(PIECE):
                phone.sendall(piece)
            phone.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def line_to(site: str) -> Iterator[Line]:
    line = Line(site)
    try:
        yield line
    finally:
        line.close()
