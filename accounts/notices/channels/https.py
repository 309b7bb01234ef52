"""One request over HTTPS that follows nothing and goes to the very address that was looked at.

A host that somebody typed may point inwards, today or after the next change of its DNS (server-side request forgery).
So a name is resolved once, every answer has to be a public address, and the connection goes to that address; the
certificate is held against the name. Only a host that the operator's own settings name (`inner=True`, as a single
sign-on of the office) may stand in an inner network. No proxy of the environment is asked and no redirect followed.
Whoever answers a letter at a time is hung up on after `WHOLE_SECONDS`.
"""

import contextlib
import socket
import ssl
from functools import partial
from http.client import HTTPException, HTTPMessage, HTTPSConnection
from ipaddress import ip_address
from threading import Timer
from typing import IO, Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request, build_opener

SECONDS = 10
WHOLE_SECONDS = 20
"""From the connection to the end of the answer; `SECONDS` is the longest silence."""
ANSWER_BYTES = 64 * 1024


class NotPublic(OSError):
    """The host resolves to an address of an inner network."""


def is_public(address: str) -> bool:
    """Whether an IP address is anybody's on the internet: not private, local, shared, reserved or multicast.

    >>> is_public("203.119.206.1"), is_public("10.0.0.8"), is_public("::ffff:127.0.0.1")
    (True, False, False)
    """
    found = ip_address(address.partition("%")[0])
    found = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None) or found
    return found.is_global and not found.is_multicast


def public_addresses(host: str, port: int) -> list[tuple[Any, ...]]:
    """Resolve `host`; raise NotPublic unless all of its addresses are public, OSError when it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    if not all(is_public(str(entry[4][0])) for entry in found):
        raise NotPublic("not a public address")
    return [entry[4] for entry in found]


def any_addresses(host: str, port: int) -> list[tuple[Any, ...]]:
    """Resolve a host that the operator himself has named on this machine; it may stand in the inner network."""
    return [entry[4] for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class _PinnedConnection(HTTPSConnection):
    """Connects to an address that was looked at, and to no other that the name may mean a moment later."""

    _tls: ssl.SSLContext
    _timers: list[Timer]
    _inner: bool

    def __init__(self, host: str, tls: ssl.SSLContext, timers: list[Timer], inner: bool, **kwargs: Any) -> None:
        super().__init__(host, context=tls, **kwargs)
        self._tls, self._timers, self._inner = tls, timers, inner

    def connect(self) -> None:
        last: OSError = OSError("no address")
        resolve = any_addresses if self._inner else public_addresses
        for address in resolve(self.host, self.port):
            try:
                plain = socket.create_connection(address[:2], self.timeout)
            except OSError as error:
                last = error
                continue
            tls = self._tls.wrap_socket(plain, server_hostname=self.host, do_handshake_on_connect=False)
            self._timers.append(_hang_up_later(tls))
            self.sock = tls
            tls.do_handshake()
            return
        raise last


def _hang_up_later(connection: socket.socket) -> Timer:
    """End a connection that is still open after `WHOLE_SECONDS`, whatever is being said."""

    def hang_up() -> None:
        with contextlib.suppress(OSError):
            socket.socket.shutdown(connection, socket.SHUT_RDWR)

    timer = Timer(WHOLE_SECONDS, hang_up)
    timer.daemon = True
    timer.start()
    return timer


class _PinnedHandler(HTTPSHandler):
    def __init__(self, timers: list[Timer], inner: bool) -> None:
        self._tls = tls_context()
        super().__init__(context=self._tls)  # without one it would read the machine's certificates once more
        self._timers, self._inner = timers, inner

    def https_open(self, req: Request) -> Any:
        return self.do_open(partial(_PinnedConnection, tls=self._tls, timers=self._timers, inner=self._inner), req)


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


def tls_context() -> ssl.SSLContext:
    """The machine's own trust; names and certificates are checked."""
    return ssl.create_default_context()


def post(url: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
    """Return status and the beginning of the answer. Raises OSError when there is none within ten seconds."""
    return ask("POST", url, headers, body)


def get(url: str) -> tuple[int, bytes]:
    """The same for an address that is only read."""
    return ask("GET", url, {}, None)


def ask(
    method: str, url: str, headers: dict[str, str], body: bytes | None, *, inner: bool = False
) -> tuple[int, bytes]:
    """The same by any method; `inner` for a host that only the operator's own settings can name."""
    if not url.startswith("https://"):
        raise OSError("not https")
    timers: list[Timer] = []
    opener = build_opener(ProxyHandler({}), _PinnedHandler(timers, inner), _NoRedirects)
    try:
        request = Request(url, data=body, headers=headers, method=method)  # noqa: S310 - https only, see above
        return _answer(opener, request)
    except (HTTPException, ValueError) as error:  # an address that no request line takes, half an answer
        raise OSError(type(error).__name__) from error
    finally:
        for timer in timers:
            timer.cancel()


def _answer(opener: OpenerDirector, request: Request) -> tuple[int, bytes]:
    try:
        with opener.open(request, timeout=SECONDS) as answer:
            return _read(answer)
    except HTTPError as error:
        with error:
            return error.code, error.read(ANSWER_BYTES)


def _read(answer: Any) -> tuple[int, bytes]:
    return answer.status, answer.read(ANSWER_BYTES)
