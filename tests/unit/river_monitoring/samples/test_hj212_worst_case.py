"""HJ 212 under attack: work in proportion to what is sent, and no more memory than one frame."""

import tracemalloc

import pytest

from river_monitoring.samples.hj212.frame import MAX_DATA, FrameReader, encode
from river_monitoring.samples.hj212.packet import Assembler, PacketRefused, parse
from tests.worst_case import assert_linear

READ = f"{__name__}:read_all"
STREAMS = {
    "garbage": bytes(range(256)) * 4,
    "an endless line": b"x" * 1_024,
    "heads": b"#" * 1_024,
    "heads that announce much": b"##1024" * 170,
    "huge lengths": b"##9999999999" * 85,
    "whole frames with a wrong checksum": (encode(b"ST=21;CN=2011;MN=A;Flag=4;CP=&&&&")[:-6] + b"zzzz\r\n") * 20,
    "NUL": b"\0" * 1_024,
    "line ends": b"\r\n" * 512,
}
HEAD = b"QN=20190916080000000;ST=21;CN=2061;MN=A;Flag=%d;"


def read_all(sent: bytes) -> int:
    """Feed a reader in pieces as a socket gives them; return how much it found."""
    reader = FrameReader()
    found = 0
    for start in range(0, len(sent), 4_096):
        found += sum(1 for _ in reader.feed(sent[start : start + 4_096]))
        assert reader.pending <= MAX_DATA + 16
    return found


def read_at_once(sent: bytes) -> int:
    return sum(1 for _ in FrameReader().feed(sent))


@pytest.mark.parametrize("parser", [READ, f"{__name__}:read_at_once"])
def test_reading_takes_time_in_proportion_to_what_is_sent(parser):
    few = [stream * 30 for stream in STREAMS.values()]
    assert_linear(parser, few, [stream * 8 for stream in few])


def test_parsing_takes_time_in_proportion_however_many_fields_there_are():
    few = [
        (HEAD % 4) * 2_000 + b"CP=&&&&",
        HEAD % 4 + b"CP=&&" + b"w01001-Avg=7.2;" * 12_500 + b"&&",
        HEAD % 4 + b"CP=&&" + b"," * 100_000 + b"&&",
        HEAD % 4 + b"&" * 100_000,
        b"PNO=" * 25_000,
    ]
    assert_linear("river_monitoring.samples.hj212.packet:parse", few, [stream * 8 for stream in few])


@pytest.mark.parametrize("name", STREAMS)
def test_a_reader_holds_no_more_than_a_frame(name):
    reader = FrameReader()
    piece = STREAMS[name]
    list(reader.feed(piece))
    tracemalloc.start()
    for _ in range(200):
        for _found in reader.feed(piece):
            pass
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100_000


def test_a_thousand_parts_are_no_message():
    with pytest.raises(PacketRefused, match="PNUM"):
        parse(HEAD % 6 + b"PNUM=1000;PNO=999;CP=&&&&")


def test_parts_that_never_become_whole_take_bounded_memory():
    content = b"CP=&&" + b";".join(b"a%d-Avg=1" % number for number in range(60)) + b"&&"
    assembler = Assembler()
    tracemalloc.start()
    for number in range(2_000):
        assembler.add(parse(b"QN=%d;ST=21;CN=2061;MN=A;Flag=6;PNUM=9;PNO=%d;" % (number, number % 9 + 1) + content))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000
