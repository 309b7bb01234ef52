"""The outer layer of HJ 212: ``##`` + length + data + CRC + CR LF, and how to find it in a stream of bytes.

Pure Python. TCP delivers bytes, not packets: one read may hold half a frame or several.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

HEAD = b"##"
LENGTH_DIGITS = 4
CRC_DIGITS = 4
MAX_DATA = 1024
"""Longest data part in bytes (HJ 212-2017, 6.3.1)."""
_OVERHEAD = len(HEAD) + LENGTH_DIGITS + CRC_DIGITS

EXCERPT = 80
"""Bytes of a fault that are kept for the log."""

FaultCode = Literal["noise", "bad-length", "cut-short", "bad-crc", "encrypted"]


@dataclass(frozen=True, slots=True)
class Fault:
    """Bytes that are no frame: what was wrong, and the first of them."""

    code: FaultCode
    excerpt: bytes


def crc16(data: bytes) -> int:
    """The checksum of HJ 212 (annex A). Not Modbus: the high byte of the register is dropped at every byte.

    >>> f"{crc16(b'QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&'):04X}"
    '1C80'
    """  # noqa: E501 - the standard's own sample is one line
    crc = 0xFFFF
    for byte in data:
        crc = _TABLE[(crc >> 8) ^ byte]
    return crc


def _table() -> list[int]:
    rows = []
    for start in range(256):
        crc = start
        for _ in range(8):
            crc = (crc >> 1) ^ 0xA001 if crc & 1 else crc >> 1
        rows.append(crc)
    return rows


# (crc >> 8) ^ byte is below 256, so the eight shifts are a function of one byte.
_TABLE = _table()


def encode(data: bytes) -> bytes:
    """Wrap a data part. Raises ValueError when it is longer than the standard allows.

    >>> encode(b"ST=91;CN=9014;CP=&&&&")
    b'##0021ST=91;CN=9014;CP=&&&&4980\\r\\n'
    """
    if len(data) > MAX_DATA:
        raise ValueError(f"data part of {len(data)} bytes; HJ 212 allows {MAX_DATA}")
    return b"%s%04d%s%04X\r\n" % (HEAD, len(data), data, crc16(data))


class FrameReader:
    """Cuts a stream of bytes into data parts; whatever is not a sound frame comes out as a `Fault`.

    After a fault the search goes on at the next ``##``, so one broken frame costs no other. At most one frame is held
    back, so memory is bounded whatever is sent, and each byte is looked at a bounded number of times.
    """

    def __init__(self) -> None:
        self._held = b""
        self._at = 0

    @property
    def pending(self) -> int:
        """Bytes held back because their frame is not whole yet."""
        return len(self._held) - self._at

    def feed(self, received: bytes) -> Iterator[bytes | Fault]:
        """Take what a read gave; yield each data part whose checksum is right, and each fault, in order.

        Whoever stops before the end leaves the rest for the next call.
        """
        self._held, self._at = self._held[self._at :] + received, 0
        while self.pending:
            if not self._held.startswith(HEAD, self._at):
                yield from self._skip_noise()
            if not self._held.startswith(HEAD, self._at):
                return
            found = self._take()
            if found is None:
                return
            yield found

    def _skip_noise(self) -> Iterator[Fault]:
        """Leave out what stands before the next head; line ends between frames are no noise."""
        noise, self._at = self._upto(self._next_head(self._at))
        if noise.strip(b"\r\n"):
            yield Fault("noise", noise)

    def _take(self) -> bytes | Fault | None:
        """The data part that begins here, a fault, or None while its frame is not whole."""
        first = self._at + len(HEAD)
        digits = self._held[first : first + LENGTH_DIGITS]
        if len(digits) < LENGTH_DIGITS and (digits.isdigit() or not digits):
            return None
        if not digits.isdigit() or int(digits) > MAX_DATA:
            return self._give_up("bad-length")
        end = self._at + _OVERHEAD + int(digits)
        if self._held.find(HEAD, first, end) >= 0:
            return self._give_up("cut-short")
        if len(self._held) < end:
            return None
        data = self._held[first + LENGTH_DIGITS : end - CRC_DIGITS]
        if f"{crc16(data):04X}".encode() != self._held[end - CRC_DIGITS : end].upper():
            # HJ 212-2025 may encrypt the content, and computes the checksum before (secondary sources).
            return self._give_up("encrypted" if b"CP=&&{0x" in data else "bad-crc")
        self._at = end
        return data

    def _give_up(self, code: FaultCode) -> Fault:
        """Leave this head behind. What follows up to the next head belongs to the same broken frame."""
        broken, self._at = self._upto(self._next_head(self._at + 1))
        return Fault(code, broken)

    def _next_head(self, start: int) -> int:
        """Where the next head begins; the end of what is held, but for a ``#`` that may be the first half of one."""
        found = self._held.find(HEAD, start)
        return found if found >= 0 else len(self._held) - self._held.endswith(b"#", start)

    def _upto(self, end: int) -> tuple[bytes, int]:
        """The first bytes of what is left out, and where to go on: past at least one byte of a broken head."""
        return self._held[self._at : min(end, self._at + EXCERPT)], end
