"""A table of samples in a CSV file: read it, rate every row, write it back with the answer beside it.

Columns are named by parameter. A row that cannot be rated stays in the table as UNRATED with its reason; a file that
is no such table is refused as a whole.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from geokit.refusal import BadInput
from river_monitoring.phrase import Phrase
from river_monitoring.standards import GB3838_2002, Evaluation, Note, Standard, Water, WaterClass, evaluate_water_class

ADDED = ("class", "limiting", "exceedance", "note")
WATER_COLUMN = "water"
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
    parameters: Mapping[int, str]
    water_column: int | None


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
    return SampleTable(header, rows, parameters, water_column)


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


def _columns(header: Sequence[str], path: Path, standard: Standard) -> tuple[dict[int, str], int | None]:
    names = [name.strip().casefold() for name in header]
    known = [name for name in names if name in standard.parameters or name == WATER_COLUMN]
    for name in known:
        if known.count(name) > 1:
            raise BadInput(_("“%(file)s”有两列都叫 %(name)s，请只留一列。") % {"file": path.name, "name": name})
    if taken := [name for name in names if name in ADDED]:
        raise BadInput(
            _("“%(file)s”已有 %(name)s 列，会与评价结果同名，请先改名。") % {"file": path.name, "name": taken[0]}
        )
    parameters = {index: name for index, name in enumerate(names) if name in standard.parameters}
    if not parameters:
        some = "、".join(list(standard.parameters)[1:8])
        raise BadInput(_("“%(file)s”没有任何指标列。列名应为 %(some)s 等代码。") % {"file": path.name, "some": some})
    return parameters, names.index(WATER_COLUMN) if WATER_COLUMN in names else None


def _refuse_ragged(header: Sequence[str], rows: Sequence[Sequence[str]], path: Path) -> None:
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header):
            counts = {"file": path.name, "row": number, "got": len(row), "want": len(header)}
            raise BadInput(_("“%(file)s”第 %(row)d 行有 %(got)d 列，表头是 %(want)d 列。") % counts)


def rate_table(table: SampleTable, water: Water) -> Iterator[Evaluation]:
    """Rate each row by its own `water` column, or by `water` where that is empty or absent."""
    for row in table.rows:
        named = row[table.water_column].strip().casefold() if table.water_column is not None else ""
        if named and named not in WATER_NAMES:
            yield _unknown_water(named, water)
        else:
            readings = {code: row[index] for index, code in table.parameters.items()}
            yield evaluate_water_class(readings, WATER_NAMES[named] if named else water)


def _unknown_water(named: str, water: Water) -> Evaluation:
    note = Note("unknown-water", (), Phrase("水体类型“%(named)s”不明，应为 river 或 lake", {"named": named}))
    return Evaluation(WaterClass.UNRATED, GB3838_2002.id, water, (), {}, {}, (), {}, (note,))


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
