"""Published tables as they come: any of the usual encodings and separators or XLSX, dirty cells, missing columns.

Nothing here raises for a bad file: what cannot be read becomes a line that says so.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

SUFFIXES = {".csv", ".txt", ".tsv", ".xlsx", ".xlsm"}
ENCODINGS = ("utf-8-sig", "gb18030")
HEADER_WITHIN = 30
"""Rows from the top in which the line with the names of the columns must stand."""
#: What a column is -> how tables name it, without units, blanks and brackets, in lower case.
COLUMNS = {
    "section": ("断面名称", "断面", "站点名称", "点位名称", "站名", "测站", "水站名称", "section"),
    "time": ("监测时间", "时间", "日期", "采样时间", "监测日期", "time", "date"),
    "label": ("水质类别", "类别", "水质", "水质等级", "本期水质类别", "class"),
    "province": ("省份", "省", "省级", "province"),
    "state": ("站点情况", "站点状态", "状态", "status"),
    "pH": ("ph", "ph值"),
    "溶解氧": ("溶解氧", "do"),
    "高锰酸盐指数": ("高锰酸盐指数", "codmn", "高锰酸钾指数"),
    "化学需氧量": ("化学需氧量", "cod", "codcr"),
    "五日生化需氧量": ("五日生化需氧量", "生化需氧量", "bod5"),
    "氨氮": ("氨氮", "nh3-n", "nh3n"),
    "总磷": ("总磷", "tp"),
    "总氮": ("总氮", "tn"),
    "铜": ("铜", "cu"), "锌": ("锌", "zn"), "氟化物": ("氟化物",), "硒": ("硒", "se"), "砷": ("砷", "as"),
    "汞": ("汞", "hg"), "镉": ("镉", "cd"), "六价铬": ("六价铬", "铬六价"), "铅": ("铅", "pb"),
    "氰化物": ("氰化物",), "挥发酚": ("挥发酚",), "石油类": ("石油类",), "硫化物": ("硫化物",),
    "阴离子表面活性剂": ("阴离子表面活性剂", "las"),
}  # fmt: skip
FACTS = ("section", "time", "label", "province", "state")
LABELS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "劣v": 6, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "劣五": 6}
EMPTY = frozenset(
    {"", "*", "-", "--", "---", "—", "——", "/", "\\", "nan", "null", "none", "n/a", "无", "缺测", "维护", "未测"}
)
NUMBER = re.compile(r"[+-]?\d{1,12}(\.\d{0,20})?(e[+-]?\d{1,2})?", re.IGNORECASE | re.ASCII)
MICRO = re.compile(r"[μµu]g/l", re.IGNORECASE)


@dataclass
class Published:
    """One published row: where from, its official class (0: none), and what was measured in the standard's units."""

    where: str
    table: str
    province: str
    section: str
    time: str
    label: int
    state: str
    values: dict[str, Fraction]
    unreadable: tuple[str, ...] = ()


@dataclass
class Problems:
    """What could not be read, in order; the same complaint of one file is counted, not repeated."""

    lines: dict[str, int] = field(default_factory=dict)

    def add(self, line: str) -> None:
        self.lines[line] = self.lines.get(line, 0) + 1


def files_of(paths: Iterable[Path]) -> list[Path]:
    """The tables among these files and in these folders."""
    found = []
    for path in paths:
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        found += [item for item in inside if item.is_file() and (item == path or item.suffix.lower() in SUFFIXES)]
    return found


def read_file(path: Path, problems: Problems) -> Iterator[Published]:
    """Every row of a table; none when it cannot be read, and a problem says why."""
    try:
        tables = list(_tables(path))
    except Exception as error:  # whatever a foreign file does to a reader, the other files are looked at
        problems.add(f"{path.name}: cannot be read ({type(error).__name__}: {str(error)[:80]})")
        return
    found = False
    for name, rows in tables:
        for row in _rows(f"{path.name}{name}", rows, problems):
            found = True
            yield row
    if not found:
        problems.add(
            f"{path.name}: no table with a column of classes and one of readings in its first {HEADER_WITHIN} rows"
        )


def _tables(path: Path) -> Iterator[tuple[str, list[list[str]]]]:
    data = path.read_bytes()
    if data.startswith(b"PK"):
        yield from _sheets(data)
    else:
        yield "", _lines(_text(data))


def _sheets(data: bytes) -> Iterator[tuple[str, list[list[str]]]]:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # some programs write a wrong size, and rows would be missing
        yield f"[{sheet.title}]", [[_cell(value) for value in row] for row in sheet.iter_rows(values_only=True)]


def _cell(value: object) -> str:
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() else repr(value)
    return "" if value is None else str(value)


def _text(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode(ENCODINGS[-1], "replace")


def _lines(text: str) -> list[list[str]]:
    text = text.replace("\0", "")
    head = "\n".join(text.splitlines()[:HEADER_WITHIN])
    separator = max(",\t;|，", key=head.count)
    csv.field_size_limit(1_000_000)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def _rows(where: str, rows: list[list[str]], problems: Problems) -> Iterator[Published]:
    start, columns, micro = _header(rows)
    if start is None:
        return
    for number, row in enumerate(rows[start + 1 :], start + 2):
        cells = {name: row[at] if at < len(row) else "" for name, at in columns.items()}
        if not any(cell.strip() for cell in row):
            continue
        if _plain(cells.get("label", "")) in COLUMNS["label"]:
            continue  # the names of the columns once more, where tables were pasted together
        values, unreadable = {}, []
        for name in columns.keys() - set(FACTS):
            try:
                value = value_of(cells[name])
            except ValueError:
                unreadable.append(name)
                problems.add(f"{where}: a cell of {name} is neither a number nor empty ({cells[name].strip()[:20]!r})")
                continue
            if value is not None:
                values[name] = value / 1000 if name in micro else value
        facts = {name: cells.get(name, "").strip() for name in FACTS}
        label = label_of(facts["label"])
        if label is None:
            problems.add(f"{where}: no class is called {facts['label'][:20]!r}")
        yield Published(
            f"{where}:{number}",
            where,
            facts["province"],
            facts["section"],
            facts["time"],
            label or 0,
            facts["state"],
            values,
            tuple(unreadable),
        )


def _header(rows: list[list[str]]) -> tuple[int | None, dict[str, int], set[str]]:
    """Where the names of the columns stand, which column is what, and which of them are in µg/L."""
    names = {alias: kind for kind, aliases in COLUMNS.items() for alias in aliases}
    for number, row in enumerate(rows[:HEADER_WITHIN]):
        columns: dict[str, int] = {}
        for at, cell in enumerate(row):
            if kind := names.get(_plain(cell)):
                columns.setdefault(kind, at)
        if "label" in columns and len(columns.keys() - set(FACTS)) >= 2:
            return (
                number,
                columns,
                {kind for kind, at in columns.items() if MICRO.search(unicodedata.normalize("NFKC", row[at]))},
            )
    return None, {}, set()


def _plain(name: str) -> str:
    """A column's name without unit and brackets.

    >>> _plain(" 高锰酸盐指数（mg/L）"), _plain("pH(无量纲)")
    ('高锰酸盐指数', 'ph')
    """
    name = unicodedata.normalize("NFKC", name).strip().lower()
    name = re.sub(r"\(.*?\)|\[.*?\]|[:/]?\s*[mμµu]g/l.*$|\s|\*|\ufeff|_", "", name)
    return name.strip("：:/()")


def value_of(cell: str) -> Fraction | None:
    """A reading; half the limit of a non-detect; None where nothing was measured. Raises ValueError.

    >>> value_of("0.025L"), value_of("<0.05"), value_of("８.１"), value_of("--")
    (Fraction(1, 80), Fraction(1, 40), Fraction(81, 10), None)
    """
    text = unicodedata.normalize("NFKC", cell).strip().replace("−", "-")
    if text.lower() in EMPTY:
        return None
    below = text.startswith("<") or text[-1:] in "Ll" or text.endswith("ND")
    bare = text.removesuffix("ND").strip("<Ll ")
    if not NUMBER.fullmatch(bare):
        raise ValueError(cell)
    value = Fraction(bare)
    return value / 2 if below else value


def label_of(cell: str) -> int | None:
    """An official class, 1 to 6; 0 where there is none; None for a word that is no class.

    >>> [label_of(text) for text in ("Ⅱ", "劣Ⅴ类", "III类", "*", "5", "劣5类", "优")]
    [2, 6, 3, 0, 5, 6, None]
    """
    text = unicodedata.normalize("NFKC", cell).strip().lower().replace(" ", "").removesuffix("类").removesuffix("水质")
    if text in EMPTY:
        return 0
    text = re.sub(r"^(inferior|劣于)", "劣", text)
    if text in ("劣5", "6", ">5", "v-", ">v"):
        return 6
    if text in "12345" and len(text) == 1:
        return int(text)
    return LABELS.get(text)
