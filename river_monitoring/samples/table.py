"""A table of samples in a CSV file: read it, rate every row, write it back with the answer beside it.

Columns are named by parameter: its code, or any head that a laboratory's sheet may have (`sheet_heads`). A row that
cannot be rated stays in the table as UNRATED with its reason; a file that is no such table is refused as a whole.
"""

import csv
import io
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from geokit.refusal import BadInput
from river_monitoring.samples.sheet_heads import Column, column_of, converted, parameter_names, plain
from river_monitoring.standard.evaluation import (
    GB3838_2002,
    Evaluation,
    Note,
    Standard,
    Water,
    WaterClass,
    evaluate_water_class,
)
from river_monitoring.standard.message import Message

ADDED = ("class", "limiting", "exceedance", "note")
WATER_COLUMN = "water"
WATER_HEADS = frozenset({WATER_COLUMN, "水体类型", "水体"})
NAME_HEADS = frozenset({"name", "section", "断面名称", "断面", "点位名称", "站点名称"})
CLASS_WORDS = {
    word: number
    for number, words in enumerate(("i 1", "ii 2", "iii 3", "iv 4", "v 5", "劣v v- 6"), start=1)
    for word in words.split()
}
WATER_NAMES: Mapping[str, Water] = {
    "river": "river",
    "河流": "river",
    "河": "river",
    "lake": "lake",
    "湖库": "lake",
    "湖泊": "lake",
    "水库": "lake",
    "湖": "lake",
}
ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True)
class SampleTable:
    """The header and rows as they were, and which column holds which parameter."""

    header: list[str]
    rows: list[list[str]]
    parameters: Mapping[int, Column]
    water_column: int | None
    name_column: int | None = None
    standard: Standard = GB3838_2002

    def cells(self, name: str) -> list[str] | None:
        """The column with this head; None when there is none."""
        found = next((index for index, head in enumerate(self.header) if head.strip() == name), None)
        return None if found is None else [row[found] for row in self.rows]


def read_table(path: Path, standard: Standard = GB3838_2002) -> SampleTable:
    """Read a CSV file in UTF-8 or GB18030. Raises BadInput."""
    lines = csv.reader(io.StringIO(_text_of(path), newline=""), strict=True)
    try:
        header = next(lines, [])
        rows = [row for row in lines if row]
    except csv.Error as error:
        raise BadInput(
            _("“%(file)s”第 %(line)d 行不是合格的 CSV:%(error)s。")
            % {
                "file": path.name,
                "line": lines.line_num,
                "error": error,
            }
        ) from None
    parameters, water_column = _columns(header, path, standard)
    _refuse_ragged(header, rows, path)
    names = [plain(name) for name in header]
    name_column = next((index for index, name in enumerate(names) if name in NAME_HEADS), None)
    return SampleTable(header, rows, parameters, water_column, name_column, standard)


def _text_of(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(_("打不开“%(file)s”：%(error)s。") % {"file": path, "error": error.strerror}) from None
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput(_("“%s”既不是 UTF-8 也不是 GB18030 编码的文本，请另存为 UTF-8 的 CSV。") % path.name)


def _columns(header: Sequence[str], path: Path, standard: Standard) -> tuple[dict[int, Column], int | None]:
    heads = [plain(name) for name in header]
    if taken := [name for name in heads if name in ADDED]:
        raise BadInput(
            _("“%(file)s”已有 %(name)s 列，会与评价结果同名，请先改名。") % {"file": path.name, "name": taken[0]}
        )
    names = parameter_names(standard)
    found = {index: column_of(name, names, standard) for index, name in enumerate(heads)}
    parameters = {index: column for index, column in found.items() if column is not None}
    waters = [index for index, name in enumerate(heads) if name in WATER_HEADS]
    known = [column.parameter for column in parameters.values()] + [WATER_COLUMN] * len(waters)
    for name in known:
        if known.count(name) > 1:
            raise BadInput(_("“%(file)s”有两列都叫 %(name)s，请只留一列。") % {"file": path.name, "name": name})
    if not parameters:
        some = "、".join(list(standard.parameters)[1:8])
        raise BadInput(_("“%(file)s”没有任何指标列。列名应为 %(some)s 等代码。") % {"file": path.name, "some": some})
    return parameters, waters[0] if waters else None


def _refuse_ragged(header: Sequence[str], rows: Sequence[Sequence[str]], path: Path) -> None:
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header):
            counts = {"file": path.name, "row": number, "got": len(row), "want": len(header)}
            raise BadInput(_("“%(file)s”第 %(row)d 行有 %(got)d 列，表头是 %(want)d 列。") % counts)


def rate_table(table: SampleTable, water: Water, lakes: Container[str] = ()) -> Iterator[Evaluation]:
    """Rate each row by its own `water` column; where that is empty or absent by `water`, or as a lake by its name."""
    for row in table.rows:
        named = row[table.water_column].strip().casefold() if table.water_column is not None else ""
        if named and named not in WATER_NAMES:
            yield _unknown_water(named, water, table.standard)
            continue
        is_lake = table.name_column is not None and row[table.name_column].strip() in lakes
        kind = WATER_NAMES[named] if named else "lake" if is_lake else water
        readings = {
            column.parameter: converted(row[index], column.factor) for index, column in table.parameters.items()
        }
        yield evaluate_water_class(readings, kind, table.standard)


def _unknown_water(named: str, water: Water, standard: Standard) -> Evaluation:
    note = Note("unknown-water", (), Message("水体类型“%(named)s”不明，应为 river 或 lake", {"named": named}))
    return Evaluation(WaterClass.UNRATED, standard.id, water, (), {}, {}, (), {}, (note,))


def read_lakes(path: Path) -> frozenset[str]:
    """The names in the first column of a CSV file whose head is a name's; `#` begins a remark. Raises BadInput."""
    rows = csv.reader(line for line in _text_of(path).splitlines() if line.strip() and not line.startswith("#"))
    names = [row[0].strip() for row in rows if row and row[0].strip()]
    return frozenset(name for name in names if plain(name) not in NAME_HEADS)


@dataclass(frozen=True)
class Agreement:
    """How many rows with a published class got the same one; rows without one on either side are not compared."""

    compared: int
    agreed: int

    @property
    def share(self) -> float:
        return self.agreed / self.compared if self.compared else 0.0


def agreement(published: Sequence[str], answers: Sequence[Evaluation]) -> Agreement:
    """Compare with published classes: Ⅲ, Ⅲ类, III or 3; 劣Ⅴ, V-, or 6.

    >>> agreement(["Ⅲ", "劣Ⅴ类", "*"], [evaluate_water_class({"do": each}) for each in (5.5, 2.5, 9)])
    Agreement(compared=2, agreed=1)
    """
    pairs = [(class_number(text), answer.water_class.number) for text, answer in zip(published, answers, strict=True)]
    both = [(label, ours) for label, ours in pairs if label and ours]
    return Agreement(len(both), sum(label == ours for label, ours in both))


def class_number(text: str) -> int:
    """1 to 6 for a class as people write it, 0 for none.

    >>> [class_number(text) for text in ("Ⅰ", "iii类", "劣V", "V-", "6", "*")]
    [1, 3, 6, 6, 6, 0]
    """
    return CLASS_WORDS.get(plain(text).removesuffix("类").strip(), 0)


def write_table(path: Path, table: SampleTable, answers: Sequence[Evaluation]) -> None:
    """Write the rows with class, limiting parameters, exceedance and note beside them. Raises BadInput."""
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow([*table.header, *ADDED])
            out.writerows([*row, *cells_of(answer)] for row, answer in zip(table.rows, answers, strict=True))
    except OSError as error:
        raise BadInput(_("写不了“%(file)s”：%(error)s。") % {"file": path, "error": error.strerror}) from None


def cells_of(answer: Evaluation) -> list[str]:
    """The four cells of one answer.

    >>> cells_of(evaluate_water_class({"ph": 7, "do": 8, "codmn": "13.2", "nh3n": "0.3", "tp": "0.3"}))
    ['V', 'codmn', 'codmn:1.2;tp:0.5', '']
    """
    exceedance = ";".join(f"{code}:{multiple}" for code, multiple in answer.exceedance.items())
    return [answer.water_class.value, ";".join(answer.limiting), exceedance, answer.note]
