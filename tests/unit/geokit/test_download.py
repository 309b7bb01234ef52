"""A whole answer into a file, or an error: lengths, packing, time and where the connection goes, by wire."""

import gzip
import io
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.error import URLError

import pytest

from geokit.fetching import https
from geokit.fetching.addresses import origin_of, public_host
from geokit.fetching.download import Bounds, CutOff, Downloaded, TooLong, Unpackable, download
from geokit.fetching.words import no_answer
from geokit.refusal import BadInput

MOST = 100_000
BOUNDS = Bounds(MOST, 5, silence=2)


@pytest.fixture
def answering() -> Iterator[Callable[..., str]]:
    """Start a server that sends these bytes to whoever asks, and then what the function says; return its address."""
    running = []

    def start(said: bytes, more: Callable[[Any], None] | None = None) -> str:
        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                self.request.recv(65536)
                self.request.sendall(said)
                if more is not None:
                    more(self.request)

        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        running.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}/data"

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


def fetched(url: str, bounds: Bounds = BOUNDS) -> tuple[Downloaded, bytes]:
    sink = io.BytesIO()
    return download(url, sink, bounds, inner=True), sink.getvalue()


def head(*lines: str, status: str = "200 OK") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", "Connection: close", *lines, "", ""]).encode()


def forever(connection: socket.socket) -> None:
    try:
        while True:
            connection.sendall(b"x" * 65536)
    except OSError:
        return


def test_a_whole_answer_comes_as_it_is_also_packed(answering: Any) -> None:
    body = b"abc" * 1000
    packed = gzip.compress(body)
    plain = answering(head(f"Content-Length: {len(body)}") + body)
    whole, content = fetched(plain)
    assert (whole.is_measured, content) == (True, body)
    small = answering(head(f"Content-Length: {len(packed)}", "Content-Encoding: gzip") + packed)
    assert fetched(small)[1] == body
    unmeasured, content = fetched(answering(head() + body))
    assert (unmeasured.is_measured, content) == (False, body)


@pytest.mark.parametrize(
    ("lines", "body", "error"),
    [
        ((f"Content-Length: {MOST + 1}",), b"", TooLong),
        ((), b"x" * (MOST + 1), TooLong),
        (("Content-Encoding: gzip",), gzip.compress(b"\0" * 20 * MOST, mtime=0), TooLong),
        (("Content-Length: 900",), b"x" * 899, CutOff),
        (("Transfer-Encoding: chunked",), b"ff\r\nabc", CutOff),
        (("Content-Encoding: gzip",), gzip.compress(b"abc" * 999, mtime=0)[:-9], CutOff),
        (("Content-Encoding: gzip",), b"no gzip at all", Unpackable),
        (("Content-Encoding: gzip",), gzip.compress(b"a", mtime=0) + gzip.compress(b"b", mtime=0), Unpackable),
        (("Content-Encoding: br",), b"...", Unpackable),
    ],
)
def test_what_is_too_long_cut_off_or_packed_otherwise_is_refused(
    answering: Any, lines: Any, body: bytes, error: type[OSError]
) -> None:
    with pytest.raises(error):
        fetched(answering(head(*lines) + body))


def test_an_answer_without_end_ends_at_the_bound_and_a_slow_one_in_time(answering: Any) -> None:
    with pytest.raises(TooLong):
        fetched(answering(head(), forever))

    def drip(connection: socket.socket) -> None:
        for _number in range(100):
            try:
                connection.sendall(b"x")
            except OSError:
                return
            time.sleep(0.05)

    for lines in ((), ("Content-Length: 5000",)):
        with pytest.raises(TimeoutError):
            fetched(answering(head(*lines), drip), Bounds(MOST, 0.3))


def test_another_status_brings_its_words_and_a_redirect_is_not_followed(answering: Any) -> None:
    elsewhere = answering(head("Content-Length: 2") + b"no")
    led = answering(head(f"Location: {elsewhere}", "Content-Length: 0", status="302 Found"))
    answer, content = fetched(led)
    assert (answer.status, content) == (302, b"")
    failed, content = fetched(answering(head("Content-Length: 4", status="503 No") + b"busy"))
    assert (failed.status, failed.said, content) == (503, b"busy", b"")


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "file:///etc/passwd", "ftp://example.org/", "data:,x"])
def test_only_the_operators_own_hosts_are_asked_without_tls_and_no_other_scheme_ever(url: str) -> None:
    with pytest.raises(OSError):
        download(url, io.BytesIO(), BOUNDS)
    if not url.startswith("http:"):
        with pytest.raises((OSError, ValueError)):
            download(url, io.BytesIO(), BOUNDS, inner=True)


def test_a_name_that_means_an_inner_address_as_well_is_not_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name with a public and an inner address, of which the resolver gives either first: DNS rebinding."""
    called: list[Any] = []
    answers = [(0, 0, 0, "", ("203.119.206.1", 443)), (0, 0, 0, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: answers)
    monkeypatch.setattr(socket, "create_connection", lambda *args, **kwargs: called.append(args))
    with pytest.raises(OSError) as refused:
        download("https://maps.example.org/wfs", io.BytesIO(), BOUNDS)
    assert isinstance(getattr(refused.value, "reason", refused.value), https.NotPublic)
    assert called == []


def test_of_many_addresses_that_never_answer_few_are_tried_and_all_within_the_whole_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waited: list[float] = []

    def silent(address: Any, timeout: float) -> socket.socket:
        waited.append(timeout)
        time.sleep(timeout)
        raise TimeoutError

    answers = [(0, 0, 0, "", (f"203.119.206.{n}", 443)) for n in range(1, 201)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: answers)
    monkeypatch.setattr(socket, "create_connection", silent)
    for bounds, tried in ((Bounds(MOST, 60, silence=0.01), 4), (Bounds(MOST, 0.3, silence=0.2), 2)):
        waited.clear()
        with pytest.raises(OSError):
            download("https://maps.example.org/wfs", io.BytesIO(), bounds)
        assert len(waited) == tried
        assert sum(waited) <= bounds.seconds


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("2001:4860:4860::8888", True), ("64:ff9b::cb77:ce01", True), ("64:ff9b::a00:8", False),
        ("64:ff9b::7f00:1", False), ("::a00:8", False), ("::cb77:ce01", False), ("::ffff:0:a00:8", False),
        ("::ffff:10.0.0.8", False), ("2002:a00:8::1", False), ("::1", False), ("fe80::1%eth0", False),
    ],
)  # fmt: skip
def test_an_inner_ipv4_address_is_inner_in_every_form_of_ipv6(address: str, expected: bool) -> None:
    assert https.is_public(address) is expected


def test_a_name_that_is_not_there_and_one_that_is_inner_are_the_same_to_who_may_type_any_name() -> None:
    errors = (https.NotPublic("inner"), URLError(socket.gaierror("none")))
    assert len({no_answer(error, "a.example.org") for error in errors}) == 2
    assert len({no_answer(error, "a.example.org", tells_inner=False) for error in errors}) == 1


def test_addresses_are_told_apart_by_scheme_host_and_port() -> None:
    assert public_host("https://Maps.Example.org/wfs") == "maps.example.org"
    assert origin_of("https://a.example.org/x") != origin_of("https://a.example.org:8443/x")
    for url in (
        "https://u:p@a.example.org/",
        "https://@a.example.org/",
        "file:///x",
        "https://[bad/",
        "https://a.example.org%3a8443/",
        "https://a%2eexample.org/",
        "https://",
        "//a",
        "",
    ):
        for ask in (public_host, origin_of):
            with pytest.raises(BadInput):
                ask(url)
