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

FaultCode = Literal["noise", "bad-length", "bad-crc"]


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

    After a fault the search for ``##`` goes on one byte later, so one broken frame costs no other. At most one
    frame is held back, so memory is bounded whatever is sent.
    """

    def __init__(self) -> None:
        self._held = b""

    @property
    def pending(self) -> int:
        """Bytes held back because their frame is not whole yet."""
        return len(self._held)

    def feed(self, received: bytes) -> Iterator[bytes | Fault]:
        """Take what a read gave; yield each data part whose checksum is right, and each fault, in order."""
        self._held += received
        while self._held:
            start = self._held.find(HEAD)
            if start:
                yield from self._drop_noise(start)
            if not self._held.startswith(HEAD):
                return
            found = self._take()
            if found is None:
                return
            yield found

    def _drop_noise(self, start: int) -> Iterator[Fault]:
        """Leave out what stands before the next head; line ends between frames are no noise."""
        keep = start if start > 0 else len(self._held) - self._held.endswith(b"#")
        noise, self._held = self._held[:keep], self._held[keep:]
        if noise.strip(b"\r\n"):
            yield Fault("noise", noise[:80])

    def _take(self) -> bytes | Fault | None:
        digits = self._held[len(HEAD) : len(HEAD) + LENGTH_DIGITS]
        if len(digits) < LENGTH_DIGITS and (digits.isdigit() or not digits):
            return None
        if not digits.isdigit() or int(digits) > MAX_DATA:
            return self._give_up("bad-length")
        size = _OVERHEAD + int(digits)
        if len(self._held) < size:
            return None
        data = self._held[len(HEAD) + LENGTH_DIGITS : size - CRC_DIGITS]
        if f"{crc16(data):04X}".encode() != self._held[size - CRC_DIGITS : size].upper():
            return self._give_up("bad-crc")
        self._held = self._held[size:]
        return data

    def _give_up(self, code: FaultCode) -> Fault:
        """Leave this head behind. What follows up to the next head belongs to the same broken frame."""
        following = self._held.find(HEAD, 1)
        end = following if following > 0 else len(self._held) - self._held.endswith(b"#")
        broken, self._held = self._held[: max(end, len(HEAD))], self._held[max(end, len(HEAD)) :]
        return Fault(code, broken[:80])
