"""What no field, address, head or body should hold, and the names under which the rooms read."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("accounts", "backups", "exchange", "geo_portal", "inspections", "jobs", "layers", "ledger", "library",
         "meetings", "ogc", "papers", "projects", "publishing", "questions", "reporting", "river_monitoring", "search",
         "stations", "supervision", "tiles", "ui", "voters")  # fmt: skip
TEXTS = [
    "\0", "a\0b", "\x07", "\x1b[0m", "\x7f", "\x85", "\u2028", "\u202e\ufeff", "１２３", "٣", "²", "①", "𝟙", "-1", "0",
    "2147483648", "9223372036854775808", "-9223372036854775809", "1" * 30, "9" * 5000, "1_000", "+1", "0x1", "1e400",
    "-1e400", "1e-400", "1e308", "NaN", "sNaN", "Infinity", "-inf", "", " ", "'", '"', "\\", "<script>", "{{7*7}}",
    "..", "../../etc/passwd", "%", "%s", "%(a)s", "{0}", "[]", "{}", "null", "true", "1;2", ",", ",,,", "_" * 300,
    "2026-02-30", "0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "2026-13", "0000-01", "9999-12", "0000",
    "10000", "1949", "2026-W54", "2026-Q5", "２０２６-０１", "２０２６-０１-０１", "1２:00",
    "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
    "2026-01-01T00:00:00+25:00", "2026-01-01T00:00:00+99:99", "2026-01-01T00:00:00+24:00:01", "0001-01-01T00:00",
    "9999-12-31T23:59", "2026-12-31T24:00", "24:00", "25:61", "99999999999 days", "P1Y", "-1:00:00",
    "1,2,3", "181,91,182,92", "nan,nan,nan,nan", "121,29,inf,30", "121.3,29.8,121.4,29.9", "POINT(nan nan)",
    "POINT EMPTY", "POINT(1e400 0)", "POINT(121.33 29.85)", "SRID=999999;POINT(1 2)", "SRID=4326;POINT(1 2 3)",
    "class >= 5", "((((((((a", "a = '\0'", "(" * 500,
    '{"type":"Point","coordinates":[]}', '{"type":"Point","coordinates":["a",1e400]}', '{"type":[]}', '{"a":NaN}',
    '{"type":"Polygon","coordinates":[[[0,0],[1,1],[0,0]]]}', '{"type":"GeometryCollection","geometries":[1]}',
    "[" * 5000, '{"a":' * 5000,
    "x" * 20_000, "水" * 4_000, "\r\nSet-Cookie: a=b", "=1+1", "＝1", "\n=1", "javascript:1",
    "//evil.example", "/\\evil.example", "http://[::1", "http://a:99999/", "a@" * 100, "a@例子.测试",
    "\ud800", "a\udfffb",
]  # fmt: skip
BYTES = [b"\xff", b"\xed\xa0\x80", b"%", b"%zz", b"\xc0\x80", b"\xf4\x90\x80\x80"]
VALUES = [
    None,
    True,
    0,
    -1,
    10**30,
    2**63,
    1.5,
    1e308,
    "",
    [],
    {},
    [[]],
    [None],
    [[[[]]]],
    {"a": []},
    {"": None},
    *TEXTS,
]
RAW_BODIES = [
    b"", b"[]", b"{}", b"null", b"1", b'"x"', b"[[]]", b"[1]", b"NaN", b"Infinity", b"1e400", b"{", b"\xff\xfe", b"\0",
    b'{"a":NaN}', b"[" * 100_000, b'{"a":' * 100_000, b"9" * 5000, b'{"\\u0000":"\\u0000"}', b'{"a":"\\ud800"}',
    b'{"a":1,"a":2}', b"\xef\xbb\xbf{}", "{}".encode("utf-16"),
]  # fmt: skip
CONTENT_TYPES = [
    "", ";", "/", "text/plain", "text/html; charset=x", "application/xml", "application/json; charset=utf-16",
    "application/json; charset=\xff", "application/x-www-form-urlencoded; charset=no-such", "multipart/form-data",
    "application/x-www-form-urlencoded; charset=utf-7", "multipart/form-data; boundary=", "multipart/mixed; boundary=b",
    'multipart/form-data; boundary="' + "b" * 300 + '"', "multipart/form-data; boundary=\xe9",
    "multipart/form-data; boundary=b; charset=utf-16", "application/octet-stream", "application/json, text/html",
]  # fmt: skip
PARTS = [
    b"", b"--b", b"--b--", b"--b\r\n\r\n--b--", b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n",
    b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n\xff\xfe\r\n--b--\r\n',
    b'--b\r\nContent-Disposition: form-data; name="%s"; filename=""\r\n\r\nx\r\n--b--\r\n',
    b'--b\r\nContent-Disposition: form-data; name="%s"; filename="../../a\0.png"\r\n\r\nx\r\n--b--\r\n',
    b"--b\r\nContent-Disposition: form-data; name=%s; filename*=utf-9''%%ff\r\n\r\nx\r\n--b--\r\n",
    b'--b\r\nContent-Disposition: form-data; name="%s"\r\nContent-Transfer-Encoding: base64\r\n\r\nx\r\n--b--\r\n',
    b'--b\r\nContent-Disposition: form-data; name="%s"; filename="a.jpg"\r\n'
    b"Content-Type: image/jpeg; charset=no\r\n\r\n"
    b"\xff\xd8\xff\xe1\0\x10Exif\0\0\r\n--b--\r\n",
    b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\nwithout an end',
    b"--b\r\n" + b"X" * 2000 + b": y\r\n\r\nx\r\n--b--\r\n",
]  # fmt: skip
FILES = [
    ("a.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xff\xff\xff\xff\xff\xff\xff\x08\x06\0\0\0"),
    ("a.jpg", b"\xff\xd8\xff"),
    ("a.xlsx", b"PK\x05\x06" + bytes(18)), ("a.xlsx", b"PK\x03\x04"), ("a.zip", b"PK\x05\x06" + bytes(18)),
    ("a.csv", b""),
    ("a.csv", b"\xff\xfe\0"), ("a.csv", "编号,名称\n\0,１\n".encode()), ("a.csv", b'"' * 9999), ("a.csv", b"\n" * 9999),
    ("a.geojson", b'{"type":"FeatureCollection","features":[null]}'), ("a.geojson", b"[" * 9999),
    ("a.kml", b"<!DOCTYPE"),
    ("a.csv", b"lon,lat\n1e400,nan\n"), ("a.gpkg", b"SQLite format 3\0"), ("a.tif", b"II*\0\xff\xff\xff\xff"),
    ("", b"x"),
    ("..", b"x"), ("a" * 300 + ".csv", b"a,b\n1,2\n"), ("a.pdf", b"%PDF-"), ("a.csv", "水质,编号\n,\n".encode("gbk")),
]  # fmt: skip
LOOKUPS = (
    "", "__exact", "__isnull", "__in", "__gt", "__year", "__year__gte", "__month", "__date", "__contains", "__regex",
    "__range", "__id__exact", "__pk", "__nothing", "__", "__level__exact", "__bbcontains", "__distance_lt", "__has_key",
    "__json__a", "__username", "__password__startswith",
)  # fmt: skip
ADMIN_WORDS = ("e", "_facets", "_popup", "_to_field", "o", "p", "all", "q", "_changelist_filters", "_preserved_filters")

_QUERY_NAME = re.compile(r"""(?:GET|query_params|query)(?:\.get(?:list)?\(|\[)\s*["']([\w-]+)["']""")
_FIELD_NAME = re.compile(
    r"""^    ([a-z]\w*) = (?:forms\.|django_filters\.|serializers\.|\w*(?:Field|Filter)\()""", re.M
)


def _names_in_source(pattern: re.Pattern[str]) -> list[str]:
    files = (file for room in ROOMS for file in (ROOT / room).rglob("*.py"))
    return sorted({name for file in files for name in pattern.findall(file.read_text(encoding="utf-8"))})


QUERY_NAMES = _names_in_source(_QUERY_NAME)
FIELD_NAMES = _names_in_source(_FIELD_NAME)
