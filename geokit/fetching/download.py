"""A whole answer into a file, or an error: never the first part of one.

What is longer than the caller allows is refused, also where it is packed small (gzip) or never ends; what was cut off
in the middle is known by its length, by its chunks, or by the checksum of gzip.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException
from time import monotonic
from typing import IO, Any
from urllib.request import Request

from geokit.fetching import https

CHUNK = 256 * 1024
GZIP = 16 + zlib.MAX_WBITS
OK, NOT_MODIFIED = 200, 304


class TooLong(OSError):
    """The answer is longer than it may be."""


class CutOff(OSError):
    """The answer ended before its end."""


class Unpackable(OSError):
    """The answer is packed in a way that was not asked for, or what is packed is damaged."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long one answer may be, unpacked, and how long it may take; `silence` is the longest pause in seconds."""

    most_bytes: int
    seconds: float
    silence: float = 30


@dataclass(frozen=True, slots=True)
class Downloaded:
    """What came: `said` is the beginning of an answer that is none (a status other than 200)."""

    status: int
    headers: Message
    size: int = 0
    said: bytes = b""
    is_measured: bool = True
    """Whether the other side announced where its answer ends; else a cut one looks like a whole one."""

    @property
    def etag(self) -> str:
        """For `If-None-Match` the next time; empty where it cannot be kept and sent back (200 characters)."""
        return self._kept("ETag", 200)

    @property
    def last_modified(self) -> str:
        """The same for `If-Modified-Since` (60 characters)."""
        return self._kept("Last-Modified", 60)

    def _kept(self, name: str, most: int) -> str:
        value = str(self.headers.get(name) or "")
        return value if len(value) <= most and value.isascii() and value.isprintable() else ""


def unless_same(etag: str, last_modified: str) -> dict[str, str]:
    """Return the headers that ask for an answer only where it is another one than before; else 304 comes."""
    said = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in said.items() if value}


def download(
    url: str, sink: IO[bytes], bounds: Bounds, headers: Mapping[str, str] | None = None, *, inner: bool = False
) -> Downloaded:
    """GET `url` and write the answer to `sink`. Raises TooLong, CutOff, Unpackable, TimeoutError, OSError."""
    end = monotonic() + bounds.seconds
    request = Request(url, headers={"Accept-Encoding": "gzip", **(headers or {})})  # noqa: S310 - HTTP(S), see `answered`
    try:
        return _downloaded(request, sink, bounds, end, inner=inner)
    except OSError as error:
        if monotonic() >= end:  # whoever is hung up on sees a connection that broke
            raise TimeoutError("the whole time is over") from error
        raise


def _downloaded(request: Request, sink: IO[bytes], bounds: Bounds, end: float, *, inner: bool) -> Downloaded:
    with https.answered(request, inner=inner, seconds=bounds.silence, whole_seconds=bounds.seconds) as answer:
        if answer.status != OK:
            return Downloaded(answer.status, answer.headers, said=answer.read(https.ANSWER_BYTES))
        try:
            size, is_measured = _copy(answer, sink, bounds)
        except HTTPException as error:
            raise CutOff("half an answer") from error
        if monotonic() >= end:
            raise TimeoutError("the whole time is over")
        return Downloaded(OK, answer.headers, size, is_measured=is_measured)


def _copy(answer: Any, sink: IO[bytes], bounds: Bounds) -> tuple[int, bool]:
    announced = answer.headers.get("Content-Length")
    packing = (answer.headers.get("Content-Encoding") or "identity").strip().lower()
    if packing not in ("identity", "gzip", "x-gzip"):
        raise Unpackable(packing[:20])
    expected = (
        int(announced) if announced and announced.isascii() and announced.isdigit() and len(announced) < 20 else None
    )
    if expected is not None and expected > bounds.most_bytes:
        raise TooLong("longer than allowed")
    unpacked = _Unpacked(sink, bounds.most_bytes, packed=packing != "identity")
    received = 0
    while piece := answer.read(CHUNK):
        received += len(piece)
        unpacked.write(piece)
    if expected is not None and received != expected:
        raise CutOff("shorter than announced")
    unpacked.end()
    return unpacked.size, expected is not None or bool(answer.chunked) or unpacked.is_packed


class _Unpacked:
    """Writes what comes to a sink, unpacked in pieces, and stops where it gets too long."""

    def __init__(self, sink: IO[bytes], most: int, *, packed: bool) -> None:
        self.size = 0
        self.is_packed = packed
        self._sink, self._most = sink, most
        self._gzip = zlib.decompressobj(GZIP) if packed else None

    def write(self, piece: bytes) -> None:
        if self._gzip is None:
            self._keep(piece)
            return
        try:
            while piece:
                self._keep(self._gzip.decompress(piece, CHUNK))
                piece = self._gzip.unconsumed_tail
        except zlib.error as error:
            raise Unpackable("damaged gzip") from error
        if self._gzip.unused_data:
            raise Unpackable("more after the end of gzip")

    def end(self) -> None:
        if self._gzip is not None and not self._gzip.eof:
            raise CutOff("gzip without its end")

    def _keep(self, piece: bytes) -> None:
        self.size += len(piece)
        if self.size > self._most:
            raise TooLong("longer than allowed")
        self._sink.write(piece)
