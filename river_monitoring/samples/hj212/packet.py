"""The data part of HJ 212: header fields and the measured values, in the versions that stations speak.

Pure Python. ``QN=…;ST=21;CN=2061;PW=…;MN=…;Flag=4;CP=&&DataTime=…;w01001-Avg=7.20,w01001-Flag=N;…&&``
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from river_monitoring.samples.hj212.dialects import DIALECTS, Dialect, Dialects
from river_monitoring.samples.hj212.frame import MAX_DATA

ZONE = ZoneInfo("Asia/Shanghai")
SURFACE_WATER = "21"
DATA_ANSWER, HEARTBEAT_ANSWER = "9014", "9013"
HEARTBEAT = "9015"
"""Sent by stations of HJ 212-2025 to show that they are there (secondary sources)."""
ANSWERS_TO_DATA = "91"
"""ST of an answer: the exchange between systems."""
#: Command -> the suffix of the value that it reports (HJ 212-2017, table 6 and annex C).
REPORTS: Mapping[str, str] = MappingProxyType({"2011": "Rtd", "2051": "Avg", "2061": "Avg", "2031": "Avg"})
DIGITS = 4
"""Of the longest number of a head."""
MAX_PARTS = 9
MAX_VALUES = 200


class PacketRefused(ValueError):
    """A frame whose checksum is right and whose content is not. `code` is stable, the text names the fault."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


HEADER = re.compile(r"(QN|ST|CN|PW|MN|Flag|PNUM|PNO|RF)=([^;&]*);?")


@dataclass(frozen=True, slots=True)
class Packet:
    """One data part. `values` maps a pollutant code to its sub-fields: {"w01001": {"Avg": "7.20", "Flag": "N"}}."""

    dialect: Dialect
    st: str
    cn: str
    pw: str
    mn: str
    qn: str = ""
    wants_answer: bool = False
    part: int = 1
    parts: int = 1
    is_late: bool = False
    """Marked by the station as sent later than measured (RF=1, HJ 212-2025)."""
    fields: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    peer: str = ""
    """The address it came from; the listener sets it."""

    @property
    def is_part(self) -> bool:
        """Tell a part of a message that has not been joined yet."""
        return self.parts > 1

    @property
    def data_time(self) -> datetime:
        """When the water was measured, with zone. Raises PacketRefused when missing or no time."""
        text = self.fields.get("DataTime", "")
        try:
            return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=ZONE)
        except ValueError:
            raise PacketRefused("bad-data-time", f"DataTime={text!r}") from None

    def measured(self) -> dict[str, tuple[str, str]]:
        """Pollutant code -> (value as text, flag letter) of what this command reports; N when no flag was sent.

        >>> parse(b"ST=21;CN=2061;MN=A;Flag=4;CP=&&w01001-Avg=7.20,w01001-Flag=N&&").measured()
        {'w01001': ('7.20', 'N')}
        """
        suffix = REPORTS.get(self.cn, "")
        return {
            code: (parts[suffix], parts.get("Flag", "N") or "N")
            for code, parts in self.values.items()
            if suffix in parts
        }


def parse(data: bytes, dialects: Dialects = DIALECTS) -> Packet:
    """Read a data part. Raises PacketRefused naming what cannot be read. Time and memory grow with `MAX_DATA` at most.

    >>> parse(b"ST=21;CN=2011;PW=123456;MN=88888880000001;CP=&&DataTime=20040516020111;w01001-Rtd=7.1&&").dialect.year
    2005
    """
    head, content = _divide(_text(data))
    header = _header(head)
    flag = _number("Flag", header.pop("Flag", "0"), 255)
    dialect = _dialect(flag, dialects)
    _check_lengths(header, dialect)
    part, parts = _parts(header, flag)
    fields, values = _content(content)
    return Packet(
        dialect=dialect,
        st=header["ST"],
        cn=header["CN"],
        pw=header.get("PW", ""),
        mn=header["MN"],
        qn=header.get("QN", ""),
        wants_answer=bool(flag & 1),
        part=part,
        parts=parts,
        is_late=header.get("RF") == "1",
        fields=fields,
        values=values,
    )


def _text(data: bytes) -> str:
    if len(data) > MAX_DATA:
        raise PacketRefused("too-long", f"{len(data)} bytes; HJ 212 allows {MAX_DATA}")
    try:
        text = data.decode("ascii")
    except UnicodeDecodeError:
        raise PacketRefused("not-ascii", "the data part is not ASCII") from None
    if not text.isprintable():
        raise PacketRefused("control-character", "the data part has a control character")
    return text


def _divide(text: str) -> tuple[str, str]:
    head, mark, rest = text.partition("CP=&&")
    if not mark or not rest.endswith("&&"):
        raise PacketRefused("no-content", "no CP=&&…&&")
    if "&" in rest[:-2]:
        raise PacketRefused("bad-content", "& within the content")
    return head, rest[:-2]


def _header(head: str) -> dict[str, str]:
    """The fields of the header. One that is given twice could mean one station to us and another one to a filter."""
    pairs = HEADER.findall(head)
    header = dict(pairs)
    if HEADER.sub("", head) or len(header) < len(pairs):
        raise PacketRefused("bad-header", f"unknown or repeated header field in {masked(head[:80])!r}")
    return header


def masked(text: str) -> str:
    """The text without what it says of a password.

    >>> masked("ST=21;PW=123456;MN=A")
    'ST=21;PW=*;MN=A'
    """
    return re.sub(r"PW=[^;&]*", "PW=*", text)


def _number(name: str, text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= DIGITS) or int(text) > most:
        raise PacketRefused("bad-header", f"{name}={text!r}")
    return int(text)


def _dialect(flag: int, dialects: Dialects) -> Dialect:
    try:
        return dialects[flag >> 2]
    except KeyError:
        known = "、".join(str(dialect.year) for dialect in dialects.values())
        raise PacketRefused("unknown-version", f"version bits {flag >> 2}; known are HJ 212 {known}") from None


def _check_lengths(header: Mapping[str, str], dialect: Dialect) -> None:
    for name in ("ST", "CN", "MN"):
        if not header.get(name):
            raise PacketRefused("bad-header", f"{name} is missing")
    for name, value in header.items():
        if name not in dialect.longest:
            raise PacketRefused("bad-header", f"HJ 212-{dialect.year} has no {name}")
        if len(value) > dialect.longest[name]:
            raise PacketRefused("bad-header", f"{name} is longer than {dialect.longest[name]}")
    if not header["ST"].isdigit() or not header["CN"].isdigit() or not header["MN"].isalnum():
        raise PacketRefused("bad-header", "ST and CN are digits, MN letters and digits")


def _parts(header: Mapping[str, str], flag: int) -> tuple[int, int]:
    if not flag & 2:
        return 1, 1
    parts = _number("PNUM", header.get("PNUM", ""), MAX_PARTS)
    part = _number("PNO", header.get("PNO", ""), MAX_PARTS)
    if not 1 <= part <= parts:
        raise PacketRefused("bad-header", f"PNO={part} of PNUM={parts}")
    return part, parts


def _content(text: str) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    fields: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    for group in text.split(";"):
        for item in group.split(","):
            if not item:
                continue
            name, equals, value = item.partition("=")
            if not equals:
                raise PacketRefused("bad-content", f"{item[:40]!r} is no name=value")
            code, dash, suffix = name.partition("-")
            if dash:
                values.setdefault(code, {})[suffix] = value
            else:
                fields[name] = value
    if len(values) > MAX_VALUES:
        raise PacketRefused("bad-content", f"{len(values)} values")
    return fields, values


def answer_to(packet: Packet) -> bytes:
    """The data part that acknowledges `packet` (CN 9014; 9013 for a heartbeat), in its own version.

    >>> answer_to(parse(b"QN=20190916080000000;ST=21;CN=2061;PW=1;MN=A;Flag=5;CP=&&DataTime=20190916070000&&"))
    b'QN=20190916080000000;ST=91;CN=9014;PW=1;MN=A;Flag=4;CP=&&&&'
    """
    flag = packet.dialect.version_bits << 2
    answer = HEARTBEAT_ANSWER if packet.cn == HEARTBEAT else DATA_ANSWER
    head = f"QN={packet.qn};ST={ANSWERS_TO_DATA};CN={answer};PW={packet.pw};MN={packet.mn};Flag={flag};CP=&&&&"
    return head.encode()


class Assembler:
    """Joins the parts of a split message (flag bit D). Holds few messages, each only until its parts are there.

    At most `most` messages of MAX_PARTS parts of MAX_DATA bytes, so about 100 kB of text for one connection.
    """

    def __init__(self, most: int = 8) -> None:
        self._most = most
        self._open: dict[tuple[str, str, str], dict[int, Packet]] = {}

    def add(self, packet: Packet) -> Packet | None:
        """Return the whole message once its last part has come; None before. The oldest open message gives way."""
        if packet.parts == 1:
            return packet
        key = (packet.mn, packet.cn, packet.qn)
        parts = self._open.setdefault(key, {})
        parts[packet.part] = packet
        if len(parts) < packet.parts:
            while len(self._open) > self._most:
                self._open.pop(next(iter(self._open)))
            return None
        del self._open[key]
        return _joined([parts[number] for number in sorted(parts)])


def _joined(parts: list[Packet]) -> Packet:
    fields: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    for packet in parts:
        fields.update(packet.fields)
        for code, items in packet.values.items():
            values.setdefault(code, {}).update(items)
    return replace(parts[-1], part=1, parts=1, fields=fields, values=values)
