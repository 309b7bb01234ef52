"""Which character encoding a DBF's text is in.

Order: what the person said, the `.cpg`, the language byte of the header (LDID), strict UTF-8, GB18030.
A declared encoding is believed only when the bytes bear it out. A value that fills its field may be cut
in the middle of a character; that is not held against an encoding.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from geokit.refusal import BadInput
from geokit.wording import gettext as _

CHINESE = "gb18030"  # superset of GBK and GB 2312
SAMPLE_BYTES = 8 * 1024 * 1024
HEADER_SIZE = 32
WIDE_SAMPLE = 64 * 1024
MANY_ZEROS, FEW_ZEROS = 10, 50
"""Of a text in UTF-16 one character in ten at least is ASCII; a zero in the other byte is one in fifty of those."""
_FOUR_BYTES = re.compile(rb"[\x81-\xfe][0-9][\x81-\xfe][0-9]")
NUMBERED = re.compile(rb"_\d{1,2}$")  # what programs put behind a cut name to tell it from another

# Language driver ids that say something; 0x57 ("current ANSI") and 0 do not.
LDID_ENCODINGS = {
    0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x13: "cp932", 0x4D: CHINESE, 0x4E: "cp949", 0x4F: "cp950",
    0x50: "cp874", 0x58: "cp1252", 0x59: "cp1252", 0x64: "cp852", 0x65: "cp866", 0x78: "cp950", 0x79: "cp949",
    0x7A: CHINESE, 0x7B: "cp932", 0x7C: "cp874", 0xC8: "cp1250", 0xC9: "cp1251", 0xCA: "cp1254", 0xCB: "cp1253",
}  # fmt: skip
# First bytes of everyday characters: GB 2312 level 1, Big5 level 1, Hangul. Half of them is little for a text of
# letters of one byte (Cyrillic fills the range by a third), and more than that is Chinese.
EVERYDAY = {CHINESE: range(0xB0, 0xD8), "cp950": range(0xA4, 0xC7), "cp949": range(0xB0, 0xC9)}
MOSTLY = 0.5
DAMAGED = 0.05
"""Of the values of a file that says its encoding, so many may be damaged; each of them is told."""
BETWEEN = re.compile(rb"[,;\t\r\n\"]")
"""What stands between the cells of a text, none of which is ever half of a character."""
CHINESE_ALIASES = {"gbk", "gb2312", "gb18030", "cp936", "936", "ms936", "euccn", "ansi936", "chinese"}


@dataclass(frozen=True, slots=True)
class DbfField:
    name: bytes
    kind: str
    length: int
    decimals: int


@dataclass(frozen=True, slots=True)
class Dbf:
    """A DBF header. `path` is read again for the text."""

    path: Path
    ldid: int
    rows: int
    header_length: int
    row_length: int
    fields: tuple[DbfField, ...]


@dataclass(frozen=True, slots=True)
class TextEncoding:
    """The encoding chosen, from what (`option cpg ldid utf-8 gb18030 fallback`) and what to say about it."""

    name: str
    found_in: str
    warnings: tuple[tuple[str, str], ...] = field(default=())


def read_dbf_header(path: Path, name: str = "") -> Dbf:
    """Raises BadInput `dbf-unreadable` where the file is no DBF; `name` is what its people call it."""
    with path.open("rb") as file:
        head = file.read(HEADER_SIZE)
        if len(head) < HEADER_SIZE or head[0] & 0x07 not in (2, 3, 4, 5):
            told = f"{name}.dbf" if name else path.name
            raise BadInput(_("属性文件 %s 不是有效的 DBF。请让对方重新导出。") % told, code="dbf-unreadable")
        header_length = int.from_bytes(head[8:10], "little")
        row_length = int.from_bytes(head[10:12], "little")
        body = file.read(max(0, header_length - HEADER_SIZE))
    fields = tuple(_fields(body))
    return Dbf(path, head[29], int.from_bytes(head[4:8], "little"), header_length, row_length, fields)


def _fields(body: bytes) -> Iterator[DbfField]:
    for start in range(0, len(body) - 31, 32):
        chunk = body[start : start + 32]
        if chunk[0] == 0x0D:
            return
        yield DbfField(chunk[:11].split(b"\0")[0], chr(chunk[11]), chunk[16], chunk[17])


def text_values(dbf: Dbf, limit: int = SAMPLE_BYTES) -> Iterator[tuple[bytes, int]]:
    """Every non-ASCII text value with its field width, field names first, up to `limit` bytes of rows."""
    for item in dbf.fields:
        if not item.name.isascii():
            stem = NUMBERED.sub(b"", item.name)
            yield stem, len(stem)
    spans, offset = [], 1  # byte 0 of a row is the deletion flag
    for item in dbf.fields:
        if item.kind == "C":
            spans.append((offset, item.length))
        offset += item.length
    if not spans or dbf.row_length < 2:
        return
    with dbf.path.open("rb") as file:
        file.seek(dbf.header_length)
        for _row in range(min(dbf.rows, limit // dbf.row_length + 1)):
            row = file.read(dbf.row_length)
            if len(row) < dbf.row_length:
                return
            if row.isascii():
                continue
            for start, length in spans:
                value = row[start : start + length].rstrip(b" \0")
                if not value.isascii():
                    yield value, length


def detect(dbf: Dbf, cpg: str | None = None, asked: str | None = None) -> TextEncoding:
    """Choose the encoding of a DBF. Raises BadInput `encoding-unknown` for an unknown `asked`."""
    values = list(text_values(dbf))
    if asked:
        return TextEncoding(normalise(asked), "option")
    warnings: list[tuple[str, str]] = []
    if cpg and cpg.strip():
        name = _normalise_cpg(cpg)
        if name and _bears_out(name, values):
            return TextEncoding(name, "cpg")
        message = _(".cpg 写的是“%s”，与文字内容不符，已改为按内容判断。")
        warnings.append(("cpg-wrong", message % cpg.strip()[:40]))
    declared = LDID_ENCODINGS.get(dbf.ldid)
    if declared and _bears_out(declared, values):
        return TextEncoding(declared, "ldid", tuple(warnings))
    if declared:
        message = _("DBF 文件头声明的编码（0x%02X）与文字内容不符，已改为按内容判断。")
        warnings.append(("ldid-wrong", message % dbf.ldid))
    return _by_content(values, warnings)


def _by_content(values: list[tuple[bytes, int]], warnings: list[tuple[str, str]]) -> TextEncoding:
    utf8 = _decodes("utf-8", values)
    narrow = utf8 and not _has_wide_characters(values) and not _touches_letters(values)
    if utf8 and not (narrow and _looks_chinese(values, strictly=True)):
        return TextEncoding("utf-8", "utf-8", tuple(warnings))
    if _decodes(CHINESE, values) and _looks_chinese(values) and not _reads_as_big5(values):
        return TextEncoding(CHINESE, "gb18030", tuple(warnings))
    if _reads_as_big5(values):
        return _big5(*warnings)
    note = ("encoding-unsure", _("无法从内容判断文字编码，暂按西欧编码（cp1252）读取，请在预览中核对。"))
    return TextEncoding("cp1252", "fallback", (*warnings, note))


def _is_damaged_utf8(sample: bytes) -> bool:
    """Whether whole characters of UTF-8 are many and broken ones few: Chinese in another encoding has hardly any."""
    text = sample.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return sum(map(str.isascii, text)) + 3 * broken < len(text)


def _big5(*warnings: tuple[str, str]) -> TextEncoding:
    note = ("encoding-unsure", _("文字看来是繁体（Big5），请在预览中核对。"))
    return TextEncoding("cp950", "fallback", (*warnings, note))


def text_encoding(path: Path, asked: str | None = None) -> TextEncoding:
    """Of a whole text file: its byte-order mark, UTF-16 without one, strict UTF-8, GB18030, or Big5 by its content."""
    if asked:
        return TextEncoding(_with_order_of_bytes(path, normalise(asked)), "option")
    with path.open("rb") as file:
        head = file.read(WIDE_SAMPLE)
        if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
            return TextEncoding("utf-32", "bom")
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return TextEncoding("utf-16", "bom")
        if wide := utf16_without_mark(head):
            return TextEncoding(wide, "utf-16")
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while chunk := file.read(1024 * 1024):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            file.seek(0)
            sample = file.read(SAMPLE_BYTES)
            if _is_damaged_utf8(sample):
                note = _("文字是 UTF-8，但有个别字节损坏，这些行不能导入。")
                return TextEncoding("utf-8", "utf-8", (("encoding-unsure", note),))
            values = [(value, len(value)) for value in BETWEEN.split(sample) if not value.isascii()]
            return _big5() if _reads_as_big5(values) else TextEncoding(CHINESE, "gb18030")
    return TextEncoding("utf-8", "bom" if head.startswith(codecs.BOM_UTF8) else "utf-8")


def utf16_without_mark(head: bytes) -> str:
    """`utf-16-le` or `utf-16-be` where the first bytes of a file are that without saying so; else empty.

    Digits, commas and line ends have a zero as their high byte: a table has them at every other byte and nowhere else.
    """
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ""
    head = head[: len(head) // 2 * 2]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) * MANY_ZEROS <= len(head) // 2 or min(even, odd) * FEW_ZEROS > max(even, odd):
        return ""
    name = "utf-16-le" if odd > even else "utf-16-be"
    text = head.decode(name, "replace")
    return name if text.count("\ufffd") <= 1 and "\0" not in text else ""


def _with_order_of_bytes(path: Path, name: str) -> str:
    """UTF-16 that a person asked for, of a file that does not say which of the two it is."""
    if name != "utf-16":
        return name
    with path.open("rb") as file:
        return utf16_without_mark(file.read(WIDE_SAMPLE)) or name


def normalise(name: str) -> str:
    """The codec's own name; GBK and GB 2312 become GB18030. Raises BadInput `encoding-unknown`."""
    plain = name.strip().lower().replace("-", "").replace("_", "").replace(" ", "")
    if plain in CHINESE_ALIASES:
        return CHINESE
    try:
        found = codecs.lookup(name.strip())
    except LookupError as error:
        message = _("不认识文字编码“%s”，常用的有 UTF-8、GBK、GB18030。") % name[:40]
        raise BadInput(message, code="encoding-unknown") from error
    if not found._is_text_encoding:
        raise BadInput(_("“%s”不是文字编码。") % name[:40], code="encoding-unknown")
    return found.name


def _normalise_cpg(text: str) -> str | None:
    """A `.cpg` says `UTF-8`, `GBK`, `936`, `88591`, `ANSI 1252` ..."""
    word = text.strip().lower().removeprefix("ansi").removeprefix("oem").strip(" -_:")
    if word.startswith("8859"):
        word = "iso-8859-" + word[4:].lstrip("-_")
    for guess in (word, f"cp{word}"):
        try:
            return normalise(guess)
        except BadInput:
            continue
    return None


def _reads_as_big5(values: list[tuple[bytes, int]]) -> bool:
    """Nearly everything is an everyday character of Big5, and more of it than of GB 2312."""
    as_big5 = _share(values, EVERYDAY["cp950"])
    return as_big5 >= 0.9 and as_big5 > _share(values, EVERYDAY[CHINESE]) and _decodes("cp950", values)


def decode(value: bytes, encoding: str, width: int | None = None) -> str:
    """Decode one value strictly; a character cut by the field's end (`width` bytes) is dropped."""
    try:
        return value.decode(encoding)
    except UnicodeDecodeError as error:
        if _is_cut(value, error, width):
            return value[: error.start].decode(encoding)
        raise


def decode_name(raw: bytes, encoding: str) -> str:
    """Decode a field name, which is always cut to ten bytes, wherever that falls."""
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        stem = NUMBERED.sub(b"", raw)
        return stem.decode(encoding, "ignore") + raw[len(stem) :].decode("ascii")


def _is_cut(value: bytes, error: UnicodeDecodeError, width: int | None) -> bool:
    return width is not None and len(value) >= width - 3 and len(value) - error.start <= 3 and error.end >= len(value)


def _whole(encoding: str, values: list[tuple[bytes, int]]) -> list[tuple[bytes, int]]:
    """The values that can be decoded, where all but a damaged few can; else none."""
    whole = [value for value in values if _decodes(encoding, [value])]
    return whole if len(values) - len(whole) <= DAMAGED * len(values) else []


def _decodes(encoding: str, values: list[tuple[bytes, int]]) -> bool:
    try:
        for value, width in values:
            decode(value, encoding, width)
    except UnicodeDecodeError:
        return False
    return True


def _bears_out(encoding: str, values: list[tuple[bytes, int]]) -> bool:
    """Whether the bytes speak for `encoding`: all but a damaged few decode, no other reading is far likelier."""
    if not values:
        return True
    values = _whole(encoding, values)
    if not values:
        return False
    if encoding == "utf-8":
        return True
    if _decodes("utf-8", values) and _has_wide_characters(values):
        return False
    if not (_looks_chinese(values) and _decodes(CHINESE, values)):
        return True
    # The same bytes read well as Chinese: which reading gives the more everyday characters?
    as_chinese, family = _share(values, EVERYDAY[CHINESE]), _family(encoding)
    if family == "single":
        return as_chinese < MOSTLY
    return family not in EVERYDAY or as_chinese <= _share(values, EVERYDAY[family])


def _family(encoding: str) -> str:
    """Encodings of one kind under one name: `cp950` for Big5, the encoding itself, `single` for one byte a letter."""
    if encoding in ("big5", "big5hkscs", "cp950"):
        return "cp950"
    return "single" if len(codecs.decode(b"\xc4\xe3", encoding, "replace")) == 2 else encoding


def _share(values: list[tuple[bytes, int]], leads: range) -> float:
    """Of the two-byte characters, the share whose first byte is in `leads`."""
    inside = total = 0
    for value, _width in values:
        position = 0
        while position < len(value):
            wide = value[position] >= 0x80
            total += wide
            inside += wide and value[position] in leads
            position += 2 if wide else 1
    return inside / total if total else 0.0


def _has_wide_characters(values: list[tuple[bytes, int]]) -> bool:
    """Strict UTF-8 with three-byte characters does not come about by chance."""
    return any(ord(character) > 0x7FF for value, width in values for character in decode(value, "utf-8", width))


def _touches_letters(values: list[tuple[bytes, int]]) -> bool:
    """An accented letter stands inside a word (`Tonghoué`); a Chinese character does not."""
    return any(re.search(rb"[a-z][\x80-\xff]|[\x80-\xff][a-z]", value) for value, _width in values)


def is_chinese_text(values: list[bytes]) -> bool:
    """Whether these texts read as GB 2312, whatever they are declared to be."""
    return _looks_chinese([(value, len(value)) for value in values])


def _looks_chinese(values: list[tuple[bytes, int]], *, strictly: bool = False) -> bool:
    """Nine in ten of the high bytes form common characters (GB 2312 rows 16 to 87, symbols, or four bytes).

    Rarer ones (`垟`, `镕` of place names) count for nothing, unless their second byte stands in a Latin word;
    `strictly` they count against.
    """
    common = rare = other = 0
    for value, width in values:
        for lead, trail, in_word in _pairs(value, width):
            if ((0xB0 <= lead <= 0xF7 or 0xA1 <= lead <= 0xA9) and trail >= 0xA1) or 0x30 <= trail <= 0x39:
                common += 1
            elif trail >= 0x40 and not in_word:
                rare += 1
            else:
                other += 1
    against = other + rare if strictly else other
    return common > 0 and common >= 9 * against and common >= rare


def _pairs(value: bytes, width: int) -> Iterator[tuple[int, int, bool]]:
    """First and second byte of what would be a character of GB 18030, and whether it touches an ASCII letter.

    A digit as second byte is told only for a whole character of four bytes; 0 stands for a second byte that is none.
    """
    position = 0
    while position < len(value):
        lead = value[position]
        if lead < 0x80:
            position += 1
            continue
        if _FOUR_BYTES.match(value, position):
            yield lead, 0x30, False
            position += 4
            continue
        at_end = position + 1 >= len(value)
        trail = (0xA1 if len(value) >= width else 0) if at_end else value[position + 1]
        before, after = value[position - 1 : position], value[position + 2 : position + 3]
        letter = 0x40 <= trail < 0x80
        yield lead, 0 if 0x30 <= trail <= 0x39 else trail, letter and (before.isalpha() or after.isalpha())
        position += 2
