"""One request over HTTPS that follows nothing and goes to the very address that was looked at.

A host that somebody typed may point inwards, today or after the next change of its DNS (server-side request forgery).
So a name is resolved once, every answer has to be a public address, and the connection goes to that address; the
certificate is held against the name. Only a host that the operator's own settings name (`inner=True`, as a single
sign-on of the office or a bureau's map server) may stand in an inner network, and only such a one may be asked without
TLS. No proxy of the environment is asked and no redirect followed. Whoever answers a letter at a time is hung up on
when the whole time is over.
"""

import contextlib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPMessage, HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from threading import Timer
from time import monotonic
from typing import IO, Any
from urllib.error import HTTPError
from urllib.request import HTTPHandler, HTTPRedirectHandler, HTTPSHandler, ProxyHandler, Request, build_opener

SECONDS = 10
WHOLE_SECONDS = 20
"""From the asking for the host's addresses to the end of the answer; `SECONDS` is the longest silence."""
ANSWER_BYTES = 64 * 1024
MOST_ADDRESSES = 4
"""Of one host that are tried: a name may have hundreds that never answer."""
NAT64 = ip_network("64:ff9b::/96")
INNER_FORMS = (ip_network("::/96"), ip_network("::ffff:0:0:0/96"))
"""IPv4 addresses written as IPv6 ones by rules that are used no more, or inside a network only (RFC 4291, 2765)."""


class NotPublic(OSError):
    """The host resolves to an address of an inner network."""


def is_public(address: str) -> bool:
    """Whether an IP address is anybody's on the internet: not private, local, shared, reserved or multicast.

    >>> is_public("203.119.206.1"), is_public("10.0.0.8"), is_public("::ffff:127.0.0.1")
    (True, False, False)
    """
    found = ip_address(address.partition("%")[0])
    if any(found in form for form in INNER_FORMS):
        return False
    found = _ipv4_in(found) or found
    return found.is_global and not found.is_multicast


def _ipv4_in(found: IPv4Address | IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for: mapped, 6to4, or behind a translator (RFC 6052)."""
    if found in NAT64:
        return IPv4Address(int(found) & 0xFFFF_FFFF)
    return getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)


def public_addresses(host: str, port: int) -> list[tuple[Any, ...]]:
    """Resolve `host`; raise NotPublic unless all of its addresses are public, OSError when it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    if not all(is_public(str(entry[4][0])) for entry in found):
        raise NotPublic("not a public address")
    return [entry[4] for entry in found]


def any_addresses(host: str, port: int) -> list[tuple[Any, ...]]:
    """Resolve a host that the operator himself has named on this machine; it may stand in the inner network."""
    return [entry[4] for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@dataclass(slots=True)
class _Call:
    """One request: where it may go, how long it may take, and what hangs up on it."""

    inner: bool
    whole_seconds: float
    timers: list[Timer] = field(default_factory=list)
    end: float = field(init=False)

    def __post_init__(self) -> None:
        self.end = monotonic() + self.whole_seconds

    def connect(self, host: str, port: int, timeout: float | None) -> socket.socket:
        """Connect to an address that was looked at, and to no other that the name may mean a moment later."""
        last: OSError = OSError("no address")
        resolve = any_addresses if self.inner else public_addresses
        for address in resolve(host, port)[:MOST_ADDRESSES]:
            try:
                return socket.create_connection(address[:2], min(timeout or SECONDS, self._left()))
            except OSError as error:
                last = error
        raise last

    def _left(self) -> float:
        left = self.end - monotonic()
        if left <= 0:
            raise TimeoutError("the whole time is over")
        return left

    def hang_up_later(self, connection: socket.socket) -> None:
        """End a connection that is still open when the whole time is over, whatever is being said."""

        def hang_up() -> None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(connection, socket.SHUT_RDWR)

        timer = Timer(max(0, self.end - monotonic()), hang_up)
        timer.daemon = True
        timer.start()
        self.timers.append(timer)


class _PlainConnection(HTTPConnection):
    """Without TLS; `_PlainHandler` sees to it that only a host named by the operator is asked so."""

    _call: _Call

    def __init__(self, host: str, call: _Call, **kwargs: Any) -> None:
        super().__init__(host, **kwargs)
        self._call = call

    def connect(self) -> None:
        self.sock = self._call.connect(self.host, self.port, self.timeout)
        self._call.hang_up_later(self.sock)


class _TlsConnection(HTTPSConnection):
    """The certificate is held against the name."""

    _tls: ssl.SSLContext
    _call: _Call

    def __init__(self, host: str, tls: ssl.SSLContext, call: _Call, **kwargs: Any) -> None:
        super().__init__(host, context=tls, **kwargs)
        self._tls, self._call = tls, call

    def connect(self) -> None:
        plain = self._call.connect(self.host, self.port, self.timeout)
        tls = self._tls.wrap_socket(plain, server_hostname=self.host, do_handshake_on_connect=False)
        self._call.hang_up_later(tls)
        self.sock = tls
        tls.do_handshake()


class _TlsHandler(HTTPSHandler):
    def __init__(self, call: _Call) -> None:
        self._tls = tls_context()
        super().__init__(context=self._tls)  # without one it would read the machine's certificates once more
        self._call = call

    def https_open(self, req: Request) -> Any:
        return self.do_open(partial(_TlsConnection, tls=self._tls, call=self._call), req)


class _PlainHandler(HTTPHandler):
    def __init__(self, call: _Call) -> None:
        super().__init__()
        self._call = call

    def http_open(self, req: Request) -> Any:
        if not self._call.inner:
            raise OSError("not https")
        return self.do_open(partial(_PlainConnection, call=self._call), req)


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
    with answered(Request(url, data=body, headers=headers, method=method), inner=inner) as answer:  # noqa: S310
        return answer.status, answer.read(ANSWER_BYTES)


@contextlib.contextmanager
def answered(
    request: Request, *, inner: bool = False, seconds: float | None = None, whole_seconds: float | None = None
) -> Iterator[Any]:
    """Give the answer to a request, whatever its status, to be read within the whole time. Raises OSError.

    The body that is read belongs to the block: half an answer is an OSError too.
    """
    if request.type not in ("https", "http") or (request.type == "http" and not inner):
        raise OSError("not https")
    call = _Call(inner, WHOLE_SECONDS if whole_seconds is None else whole_seconds)
    opener = build_opener(ProxyHandler({}), _TlsHandler(call), _PlainHandler(call), _NoRedirects)
    try:
        try:
            answer = opener.open(request, timeout=SECONDS if seconds is None else seconds)
        except HTTPError as error:  # an answer like any other, with another status
            answer = error
        with answer:
            yield answer
    except (HTTPException, ValueError) as error:  # an address that no request line takes, half an answer
        raise OSError(type(error).__name__) from error
    finally:
        for timer in call.timers:
            timer.cancel()
