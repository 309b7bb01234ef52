"""HJ 212: frames out of a stream, packets out of frames. The annex's own frame and made ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from river_monitoring.samples.hj212.codes import sort_values
from river_monitoring.samples.hj212.dialects import DIALECTS, DIALECTS_DIR, load_dialects
from river_monitoring.samples.hj212.frame import MAX_DATA, Fault, FrameReader, crc16, encode
from river_monitoring.samples.hj212.packet import Assembler, PacketRefused, answer_to, parse

ANNEX_A = (
    b"##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;"
    b"CP=&&RtdInterval=30&&1C80\r\n"
)
HOURLY = (
    b"QN=20190916080000000;ST=21;CN=2061;PW=123456;MN=010000A8900016F000169DC0;Flag=%d;CP=&&DataTime=20190916070000;"
    b"w01001-Avg=7.20,w01001-Flag=N;w01009-Avg=4.8,w01009-Flag=N;w01019-Avg=5.6,w01019-Flag=N;"
    b"w21003-Avg=2.35,w21003-Flag=N;w21011-Avg=0.310,w21011-Flag=N&&"
)


def read(*pieces: bytes) -> list[bytes | Fault]:
    reader = FrameReader()
    return [found for piece in pieces for found in reader.feed(piece)]


def test_the_standards_own_frame_is_read():
    [data] = read(ANNEX_A)
    assert parse(data).cn == "1062"
    assert parse(data).wants_answer


def test_the_checksum_is_not_that_of_modbus():
    assert crc16(HOURLY % 4) == 0xB101


def test_a_lower_case_checksum_is_accepted():
    assert read(ANNEX_A.replace(b"1C80", b"1c80")) == [ANNEX_A[6:-6]]


@given(st.lists(st.integers(1, 60), max_size=12))
def test_frames_come_out_whole_however_the_stream_is_cut(cuts):
    stream = ANNEX_A + encode(HOURLY % 4) + ANNEX_A
    pieces, start = [], 0
    for size in cuts:
        pieces.append(stream[start : start + size])
        start += size
    assert read(*pieces, stream[start:]) == [ANNEX_A[6:-6], HOURLY % 4, ANNEX_A[6:-6]]


@given(st.binary(max_size=300))
def test_rubbish_never_swallows_the_frame_after_it(rubbish):
    found = read(rubbish + b"\r\n", ANNEX_A, ANNEX_A)
    assert ANNEX_A[6:-6] in [item for item in found if isinstance(item, bytes)]


@given(st.lists(st.binary(max_size=64), max_size=40))
def test_memory_is_bounded_whatever_is_sent(pieces):
    reader = FrameReader()
    for piece in pieces:
        list(reader.feed(piece))
        assert reader.pending <= MAX_DATA + 16


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (ANNEX_A.replace(b"1C80", b"1C81"), "bad-crc"),
        (b"##9999QN=1", "bad-length"),
        (b"##01x1QN=1", "bad-length"),
        (b"GET / HTTP/1.1\r\n\r\n", "noise"),
    ],
)
def test_what_is_no_frame_is_a_fault_with_its_first_bytes(sent, code):
    [fault] = read(sent)
    assert isinstance(fault, Fault)
    assert fault.code == code
    assert sent.startswith(fault.excerpt)


def test_a_data_part_over_the_limit_is_not_sent():
    with pytest.raises(ValueError, match="1025"):
        encode(b"x" * 1025)


def test_an_hourly_report_gives_its_values():
    packet = parse(HOURLY % 5)
    assert packet.dialect.year == 2017
    assert packet.data_time.isoformat() == "2019-09-16T07:00:00+08:00"
    assert packet.measured()["w21003"] == ("2.35", "N")


def test_a_packet_of_2005_has_no_qn_and_no_flag():
    packet = parse(b"ST=21;CN=2011;PW=123456;MN=88888880000001;CP=&&DataTime=20040516020111;w01001-Rtd=7.1&&")
    assert (packet.dialect.year, packet.wants_answer, packet.qn) == (2005, False, "")
    assert packet.measured() == {"w01001": ("7.1", "N")}


def test_the_answer_is_in_the_version_of_the_question():
    packet = parse(b"QN=20200101000000001;ST=21;CN=2011;PW=123456;MN=88888880000001;Flag=1;CP=&&&&")
    assert answer_to(packet).endswith(b";ST=91;CN=9014;PW=123456;MN=88888880000001;Flag=0;CP=&&&&")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"ST=21;CN=2011;MN=A;Flag=12;CP=&&&&", "unknown-version"),
        (b"ST=21;CN=2011;MN=A;Flag=4;RF=1;CP=&&&&", "bad-header"),  # a field of the 2025 version
        (b"ST=21;CN=2011;MN=A;MN=B;Flag=4;CP=&&&&", "bad-header"),
        (b"ST=21;CN=2011;MN=A;Flag=4;CP=&&a=1&&b=2&&", "bad-content"),
        (b"ST=21;CN=2011;MN=A;Flag=4;CP=&&w01001-Rtd=7\0&&", "control-character"),
        (b"ST=21;CN=2011;MN=A;Flag=6;PNUM=1000;PNO=1;CP=&&&&", "bad-header"),
        (b"ST=21;CN=2011;MN=A;Flag=4;CP=&&" + b"a=1;" * 100_000 + b"&&", "too-long"),
        (b"ST=21;CN=2011;MN=A;Flag=4;", "no-content"),
        (b"ST=21;CN=2011;MN=A;Flag=4;CP=&&DataTime=1", "no-content"),
        (b"CN=2011;MN=A;Flag=4;CP=&&&&", "bad-header"),
        (b"ST=21;CN=2011;MN=A;X=1;Flag=4;CP=&&&&", "bad-header"),
        (b"ST=21;CN=2011;MN=" + b"A" * 25 + b";Flag=4;CP=&&&&", "bad-header"),
        (b"ST=21;CN=2011;MN=123456789012345;Flag=0;CP=&&&&", "bad-header"),  # 14 in the 2005 version
        (b"ST=21;CN=2011;MN=A;Flag=6;PNUM=2;PNO=3;CP=&&&&", "bad-header"),
        (b"ST=21;CN=2011;MN=A;Flag=4;CP=&&w01001&&", "bad-content"),
        ("ST=21;CN=2011;MN=A;Flag=4;CP=&&w01001-Rtd=七&&".encode(), "not-ascii"),
    ],
)
def test_a_packet_that_cannot_be_meant_is_refused_by_name(data, code):
    with pytest.raises(PacketRefused) as refused:
        parse(data)
    assert refused.value.code == code


def test_every_version_says_whether_its_text_was_seen():
    assert {dialect.year: dialect.verified for dialect in DIALECTS.values()} == {2005: True, 2017: True, 2025: False}


def test_a_packet_of_2025_says_that_it_comes_late():
    packet = parse(b"QN=20260101080000000;ST=21;CN=2061;PW=123456;MN=A;Flag=9;RF=1;CP=&&w01001-Avg=7.2&&")
    assert (packet.dialect.year, packet.is_late, packet.wants_answer) == (2025, True, True)
    assert answer_to(packet).endswith(b";Flag=8;CP=&&&&")


def test_a_heartbeat_is_answered_as_one():
    packet = parse(b"QN=20260101080000000;ST=91;CN=9015;PW=123456;MN=A;Flag=9;CP=&&&&")
    assert b";CN=9013;" in answer_to(packet)


def test_content_that_is_encrypted_is_named_as_such():
    [fault] = read(encode(b"ST=21;CN=2011;MN=A;Flag=9;CP=&&{0xE4,0x3E}&&")[:-6] + b"0000\r\n")
    assert fault.code == "encrypted"


OWN_2025 = """
year = 2025
version_bits = 2
verified = true
source = "the text, table 3"
longest = { QN = 17, ST = 2, CN = 4, PW = 9, MN = 24, PNUM = 1, PNO = 1, RF = 1 }
"""


def test_a_deployment_replaces_a_version_by_what_it_has_read(tmp_path):
    (tmp_path / "2025.toml").write_text(OWN_2025)
    dialects = load_dialects(DIALECTS_DIR, tmp_path)
    long_password = b"ST=21;CN=2011;PW=123456789;MN=A;Flag=8;CP=&&&&"
    assert parse(long_password, dialects).dialect.verified
    with pytest.raises(PacketRefused, match="PW is longer than 6"):
        parse(long_password)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("year = 2030", "no description"),
        (OWN_2025.replace("PW = 9", "XX = 9"), "fields"),
        (OWN_2025.replace("version_bits = 2", "version_bits = 64"), "0 to 63"),
        ("year = ", "no description"),
    ],
)
def test_a_file_that_describes_no_version_is_refused_by_name(text, says, tmp_path):
    (tmp_path / "2030.toml").write_text(text)
    with pytest.raises(ValueError, match=r"2030\.toml.*" + says):
        load_dialects(tmp_path)


def test_a_frame_that_was_cut_costs_no_other():
    assert read(ANNEX_A[:40] + ANNEX_A) == [Fault("cut-short", ANNEX_A[:40]), ANNEX_A[6:-6]]


HEADS = (
    "QN=1;",
    "ST=21;",
    "CN=2011;",
    "PW=1;",
    "MN=A;",
    "Flag=9;",
    "PNUM=2;",
    "PNO=1;",
    "RF=1;",
    "CP=&&",
    "a-Rtd=1,",
    ";",
    "&&",
)


@given(st.lists(st.sampled_from(HEADS) | st.text(max_size=4), max_size=14).map("".join))
def test_whatever_is_sent_as_content_is_a_packet_or_refused(text):
    try:
        packet = parse(text.encode()[:MAX_DATA])
    except PacketRefused as refusal:
        assert "\0" not in refusal.code
    else:
        assert packet.st.isdigit()
        assert packet.mn.isalnum()
        packet.measured()


@given(
    st.lists(
        st.sampled_from([b"##", b"##1024", b"##0101", b"#", b"\r\n", ANNEX_A, ANNEX_A[:50]]) | st.binary(max_size=20)
    )
)
def test_faults_and_frames_account_for_a_stream_however_it_comes(pieces):
    """The same faults and frames whether it comes at once or byte by byte, but where a fault's first bytes end."""
    at_once = read(b"".join(pieces))
    in_bytes = read(*[bytes([byte]) for byte in b"".join(pieces)])
    assert [item for item in at_once if isinstance(item, bytes)] == [
        item for item in in_bytes if isinstance(item, bytes)
    ]


def test_the_parts_of_a_message_are_joined_in_whatever_order():
    parts = [
        b"QN=20190916080000000;ST=21;CN=2061;MN=A;Flag=6;PNUM=2;PNO=%d;CP=&&DataTime=20190916070000;%s&&" % item
        for item in ((2, b"w21003-Avg=2.35"), (1, b"w01001-Avg=7.2"))
    ]
    assembler = Assembler()
    assert assembler.add(parse(parts[0])) is None
    whole = assembler.add(parse(parts[1]))
    assert whole is not None
    assert set(whole.measured()) == {"w01001", "w21003"}


def test_messages_whose_rest_never_comes_are_given_up():
    assembler = Assembler(most=2)
    for number in range(5):
        part = b"QN=%d;ST=21;CN=2061;MN=A;Flag=6;PNUM=2;PNO=1;CP=&&DataTime=20190916070000&&" % number
        assert assembler.add(parse(part)) is None
    last = b"QN=0;ST=21;CN=2061;MN=A;Flag=6;PNUM=2;PNO=2;CP=&&DataTime=20190916070000&&"
    assert assembler.add(parse(last)) is None


def test_metals_come_in_micrograms_unless_the_station_says_otherwise():
    sent = {"w20111": ("0.05", "N"), "w20120": ("50", "N")}
    assert sort_values(sent, {"w20120": "mg/L"})[0] == {"hg": "0.00005", "pb": "50"}


def test_a_value_flagged_as_faulty_is_set_apart():
    readings, flagged = sort_values({"w21003": ("9.9", "D"), "w01001": ("7.1", "S")}, {})
    assert readings == {"ph": "7.1"}
    assert flagged == {"nh3n": {"value": "9.9", "flag": "D"}}


@pytest.mark.parametrize("codes", [("w20111", "w20142"), ("w20142", "w20111")])
def test_the_total_form_wins_over_the_element_whatever_the_order_of_the_packet(codes):
    values = {"w20111": ("0.05", "N"), "w20142": ("0.02", "N")}
    assert sort_values({code: values[code] for code in codes}, {}) == ({"hg": "0.00005"}, {})


@pytest.mark.parametrize("text", ["0.3L", "<0.3"])
def test_a_non_detect_is_converted_to_the_unit_of_the_limits_too(text):
    assert sort_values({"w20120": (text, "N")}, {}) == ({"pb": "0.0003L"}, {})
