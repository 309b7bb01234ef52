"""Which encoding a DBF is in: declared, borne out, or told by its bytes."""

import struct
from pathlib import Path

import pytest

from geokit.records.text_encoding import Dbf, decode, decode_name, detect, normalise, read_dbf_header
from geokit.refusal import BadInput

CHINESE = ["西塘河北段", "南塘河", "鄞江小微水体"]
FRENCH = ["Tonghoué", "Népoui", "Bourail"]


def dbf(folder: Path, values: list[bytes], *, ldid: int = 0, name: bytes = b"NAME", width: int = 20) -> Dbf:
    """A DBF of one text column."""
    field = name.ljust(11, b"\0") + b"C" + b"\0" * 4 + bytes([width, 0]) + b"\0" * 14
    head = struct.pack("<B3sIHH20x", 3, b"\x7a\x01\x01", len(values), 32 + 32 + 1, width + 1)
    head = head[:29] + bytes([ldid]) + head[30:]
    path = folder / "a.dbf"
    path.write_bytes(head + field + b"\r" + b"".join(b" " + value[:width].ljust(width) for value in values))
    return read_dbf_header(path)


def encoded(texts: list[str], encoding: str) -> list[bytes]:
    return [text.encode(encoding) for text in texts]


def found(table: Dbf, cpg: str | None = None, asked: str | None = None) -> tuple[str, str]:
    result = detect(table, cpg, asked)
    return result.name, result.found_in


def test_gbk_without_any_declaration_is_told_by_its_bytes(tmp_path: Path) -> None:
    assert found(dbf(tmp_path, encoded(CHINESE, "gbk"))) == ("gb18030", "gb18030")


def test_utf8_without_any_declaration_is_told_by_its_bytes(tmp_path: Path) -> None:
    assert found(dbf(tmp_path, encoded(CHINESE, "utf-8"))) == ("utf-8", "utf-8")


def test_accented_utf8_is_not_taken_for_chinese(tmp_path: Path) -> None:
    assert found(dbf(tmp_path, encoded(FRENCH, "utf-8"))) == ("utf-8", "utf-8")


def test_accented_latin1_is_not_taken_for_chinese_and_is_warned_of(tmp_path: Path) -> None:
    result = detect(dbf(tmp_path, encoded(FRENCH, "latin-1")))
    assert (result.name, result.found_in) == ("cp1252", "fallback")
    assert [code for code, _ in result.warnings] == ["encoding-unsure"]


@pytest.mark.parametrize("cpg", ["GBK", "936", "gb2312", "GB18030", "CP936", "ANSI 936"])
def test_a_cpg_that_fits_is_believed(tmp_path: Path, cpg: str) -> None:
    assert found(dbf(tmp_path, encoded(CHINESE, "gbk")), cpg) == ("gb18030", "cpg")


@pytest.mark.parametrize(
    ("cpg", "encoding", "true"),
    [
        ("UTF-8", "gbk", "gb18030"),
        ("ISO-8859-1", "gbk", "gb18030"),
        ("GBK", "utf-8", "utf-8"),
        ("1252", "utf-8", "utf-8"),
    ],
)
def test_a_wrong_cpg_is_noticed(tmp_path: Path, cpg: str, encoding: str, true: str) -> None:
    result = detect(dbf(tmp_path, encoded(CHINESE, encoding)), cpg)
    assert result.name == true
    assert "cpg-wrong" in [code for code, _ in result.warnings]


def test_nonsense_in_the_cpg_is_noticed(tmp_path: Path) -> None:
    result = detect(dbf(tmp_path, encoded(CHINESE, "gbk")), "version https://git-lfs")
    assert (result.name, result.warnings[0][0]) == ("gb18030", "cpg-wrong")


@pytest.mark.parametrize("ldid", [0x4D, 0x7A])
def test_the_language_byte_is_believed_when_it_fits(tmp_path: Path, ldid: int) -> None:
    assert found(dbf(tmp_path, encoded(CHINESE, "gbk"), ldid=ldid)) == ("gb18030", "ldid")


def test_a_language_byte_that_does_not_fit_is_noticed(tmp_path: Path) -> None:
    result = detect(dbf(tmp_path, encoded(CHINESE, "utf-8"), ldid=0x4D))
    assert result.name == "utf-8"
    assert "ldid-wrong" in [code for code, _ in result.warnings]


def test_latin1_in_a_cpg_stays_latin1(tmp_path: Path) -> None:
    assert found(dbf(tmp_path, encoded(["äöü"], "latin-1")), "88591") == ("iso8859-1", "cpg")
    assert found(dbf(tmp_path, encoded(["abcŐ"], "cp852")), "852") == ("cp852", "cpg")


def test_what_the_person_says_wins(tmp_path: Path) -> None:
    assert found(dbf(tmp_path, encoded(CHINESE, "gbk")), "GBK", asked="Big5") == ("big5", "option")


@pytest.mark.parametrize("asked", ["martian", "hex", "zip"])
def test_what_is_no_text_encoding_is_refused(asked: str) -> None:
    with pytest.raises(BadInput) as caught:
        normalise(asked)
    assert caught.value.code == "encoding-unknown"


def test_a_character_cut_by_the_width_of_the_field_does_not_speak_against_utf8(tmp_path: Path) -> None:
    table = dbf(tmp_path, encoded(["鄞江镇小微水体"], "utf-8"), width=10)
    assert found(table) == ("utf-8", "utf-8")
    assert decode("鄞江镇小".encode()[:10], "utf-8", 10) == "鄞江镇"


def test_a_broken_character_in_the_middle_is_an_error() -> None:
    with pytest.raises(UnicodeDecodeError):
        decode(b"\xe9\x84 abc", "utf-8", 40)


def test_a_chinese_field_name_alone_tells_the_encoding(tmp_path: Path) -> None:
    assert found(dbf(tmp_path, [b"a"], name="名称".encode("gbk"))) == ("gb18030", "gb18030")


def test_a_field_name_cut_and_numbered_in_the_middle_of_a_character_is_read(tmp_path: Path) -> None:
    cut = "污水处理".encode()[:8] + b"_1"
    assert found(dbf(tmp_path, encoded(CHINESE, "utf-8"), name=cut), "UTF-8") == ("utf-8", "cpg")
    assert decode_name(cut, "utf-8") == "污水_1"


def test_plain_ascii_is_utf8(tmp_path: Path) -> None:
    assert found(dbf(tmp_path, [b"abc"])) == ("utf-8", "utf-8")


def test_what_is_no_dbf_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.dbf").write_bytes(b"version https://git-lfs.github.com/spec/v1")
    with pytest.raises(BadInput) as caught:
        read_dbf_header(tmp_path / "a.dbf")
    assert caught.value.code == "dbf-unreadable"


TRADITIONAL = ["鄭漢紀念碑", "臺北市中正區", "水質監測站"]


@pytest.mark.parametrize("cpg", ["65001", "UTF8", "utf-8\r\n"])
def test_utf8_has_several_names_in_a_cpg(tmp_path: Path, cpg: str) -> None:
    assert found(dbf(tmp_path, encoded(CHINESE, "utf-8")), cpg) == ("utf-8", "cpg")


@pytest.mark.parametrize("ldid", [0x4E, 0x4F, 0x78, 0x13], ids=["Korean", "Big5", "Big5 ANSI", "Japanese"])
def test_a_neighbours_language_byte_over_chinese_text_is_noticed(tmp_path: Path, ldid: int) -> None:
    result = detect(dbf(tmp_path, encoded(CHINESE, "gbk"), ldid=ldid))
    assert (result.name, [code for code, _message in result.warnings]) == ("gb18030", ["ldid-wrong"])


@pytest.mark.parametrize(
    ("texts", "encoding", "ldid", "name"),
    [
        (TRADITIONAL, "big5", 0x4F, "cp950"),
        (TRADITIONAL, "big5", 0x78, "cp950"),
        (["서울특별시", "부산광역시"], "cp949", 0x4E, "cp949"),
        (["Москва", "Казань"], "cp1251", 0xC9, "cp1251"),
    ],
    ids=["Big5", "Big5 ANSI", "Korean", "Cyrillic"],
)
def test_a_neighbours_language_byte_over_her_own_text_is_believed(
    tmp_path: Path, texts: list[str], encoding: str, ldid: int, name: str
) -> None:
    assert found(dbf(tmp_path, encoded(texts, encoding), ldid=ldid)) == (name, "ldid")


def test_big5_without_a_word_is_supposed_and_warned_of(tmp_path: Path) -> None:
    result = detect(dbf(tmp_path, encoded(TRADITIONAL, "big5")))
    assert (result.name, result.found_in) == ("cp950", "fallback")
    assert [code for code, _message in result.warnings] == ["encoding-unsure"]


def test_a_cpg_of_big5_over_simplified_text_is_noticed(tmp_path: Path) -> None:
    result = detect(dbf(tmp_path, encoded(CHINESE, "gbk")), "BIG5")
    assert (result.name, result.warnings[0][0]) == ("gb18030", "cpg-wrong")


@pytest.mark.parametrize("text", ["鄞州镕垟", "𠮷野河", "A河1号B段", "洞桥镇垟头"])
def test_rare_characters_of_place_names_do_not_speak_against_gbk(tmp_path: Path, text: str) -> None:
    assert found(dbf(tmp_path, encoded([text], "gb18030"))) == ("gb18030", "gb18030")


def test_arabic_utf8_is_utf8(tmp_path: Path) -> None:
    assert found(dbf(tmp_path, encoded(["معبر كرم", "نهر"], "utf-8"))) == ("utf-8", "utf-8")
