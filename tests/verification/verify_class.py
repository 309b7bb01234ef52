"""`make verify-class [FILE=table-or-folder]`: official classes, a second implementation and the product side by side.

Prints the agreement by kind of disagreement. Ends with 0; with 1 when the product and the second implementation differ
in a row; with 2 when there is nothing to compare.
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.verification.kinds import AGREES, KINDS, Verdict, comparable, lake_sections, section_of, verdicts
from tests.verification.published import Problems, Published, files_of, read_file

ROOT = Path(__file__).resolve().parents[2]
DEFAULT = ROOT.parent / "shared/data/cnemc"
MISSING = """{path}: there is no such file or folder.

The published readings are not shipped with this repository: their source states no licence. They are the public
release of the China National Environmental Monitoring Centre (国家地表水水质自动监测实时数据发布系统, szzdjc.cnemc.cn).
Save it as CSV or XLSX, with columns such as 断面名称, 监测时间, 水质类别, pH, 溶解氧, 高锰酸盐指数, 氨氮, 总磷; then

    make verify-class FILE=path/to/table-or-folder

tests/data/published/ has a small invented one."""
EXAMPLES, SHOWN = 3, 40
#: The product's names of the items and of the classes.
CODES = {
    "pH": "ph", "溶解氧": "do", "高锰酸盐指数": "codmn", "化学需氧量": "cod", "五日生化需氧量": "bod5", "氨氮": "nh3n",
    "总磷": "tp", "铜": "cu", "锌": "zn", "氟化物": "f", "硒": "se", "砷": "as", "汞": "hg", "镉": "cd",
    "六价铬": "cr6", "铅": "pb", "氰化物": "cn", "挥发酚": "phenol", "石油类": "oil",
    "阴离子表面活性剂": "las", "硫化物": "s",
}  # fmt: skip
CLASSES = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "V-": 6, "UNRATED": 0}


@dataclass(frozen=True)
class Report:
    """Everything that is printed."""

    rows: int
    left_out: dict[str, int]
    compared: int
    agree_by_river_table: int
    agree_with_lake_table_where_it_applies: int
    kinds: dict[str, int]
    lake_sections: list[str]
    three_classes_or_more_apart: int
    product_differs: list[str]
    product_refuses: list[str]
    problems: dict[str, int]


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options().parse_args(arguments)
    missing = [path for path in options.paths if not path.exists()]
    if missing:
        sys.stderr.write(MISSING.format(path=missing[0]) + "\n")
        return 2
    problems = Problems()
    rows = [row for path in files_of(options.paths) for row in read_file(path, problems)]
    kept, left = comparable(rows)
    found = verdicts(kept)
    report = summary(rows, left, found, problems, with_product=not options.without_product)
    text = json.dumps(asdict(report), ensure_ascii=False) if options.json else _text(report, found)
    sys.stdout.write(text + "\n")
    return 2 if not found else 1 if report.product_differs else 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="verify-class", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("paths", nargs="*", type=Path, default=[DEFAULT], help="tables or folders of them")
    parser.add_argument("--without-product", action="store_true", help="only compare with the official classes")
    parser.add_argument("--json", action="store_true")
    return parser


def summary(
    rows: list[Published], left: Counter[str], found: list[Verdict], problems: Problems, *, with_product: bool
) -> Report:
    kinds = Counter(verdict.kind for verdict in found)
    lakes = lake_sections([verdict.row for verdict in found])
    differs, refuses = product_differs(found) if with_product else ([], [])
    return Report(
        rows=len(rows),
        left_out=dict(left),
        compared=len(found),
        agree_by_river_table=kinds[AGREES],
        agree_with_lake_table_where_it_applies=sum(
            (verdict.lake if section_of(verdict.row) in lakes else verdict.river) == verdict.row.label
            for verdict in found
        ),
        kinds={kind: kinds[kind] for kind in KINDS},
        lake_sections=sorted(" ".join(section).strip() for section in lakes),
        three_classes_or_more_apart=sum(abs(verdict.river - verdict.row.label) >= 3 for verdict in found),
        product_differs=differs,
        product_refuses=refuses,
        problems=problems.lines,
    )


def product_differs(found: list[Verdict]) -> tuple[list[str], list[str]]:
    """Rows in which the product gives another class than the second implementation, and those that it does not rate."""
    differs, refuses = [], []
    for water in ("river", "lake"):
        theirs = product_classes([verdict.row for verdict in found], water)
        for verdict, number in zip(found, theirs, strict=True):
            own = getattr(verdict, water)
            if not number:
                refuses.append(f"{verdict.row.where} {water}")
            elif number != own:
                differs.append(f"{verdict.row.where} {water}: product {number}, second implementation {own}")
    return differs, refuses


def product_classes(rows: list[Published], water: str) -> list[int]:
    """What `manage.py evaluate_samples` says of each row, in a process of its own; 0 when it does not rate it."""
    if not rows:
        return []
    with tempfile.TemporaryDirectory() as folder:
        given, answer = Path(folder) / "in.csv", Path(folder) / "out.csv"
        with given.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(CODES.values())
            writer.writerows([_decimal(row, name) for name in CODES] for row in rows)
        command = [sys.executable, "manage.py", "evaluate_samples", str(given), str(answer), "--water", water]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        with answer.open(encoding="utf-8-sig", newline="") as file:
            return [CLASSES[line["class"]] for line in csv.DictReader(file)]


def _decimal(row: Published, name: str) -> str:
    value = row.values.get(name)
    return "" if value is None else f"{value.numerator / value.denominator:.12f}".rstrip("0").rstrip(".")


def _text(report: Report, found: list[Verdict]) -> str:
    lines = [f"{report.rows} rows, {report.compared} compared"]
    lines += [f"  left out: {count} ({reason})" for reason, count in report.left_out.items()]
    if found:
        lines += _agreement(report)
        lines += ["", "examples"]
        lines += [line for kind in KINDS[1:] for line in _examples(kind, found)]
    differs = report.product_differs
    lines += ["", f"product against the second implementation: {len(differs)} rows differ"]
    lines += [f"  {line}" for line in differs[:SHOWN]]
    if report.product_refuses:
        lines.append(f"  {len(report.product_refuses)} rows that the product does not rate")
    if report.problems:
        lines += ["", "not readable"]
        lines += [f"  {line}" + (f" ({count} times)" if count > 1 else "") for line, count in report.problems.items()][
            :SHOWN
        ]
    return "\n".join(lines)


def _agreement(report: Report) -> list[str]:
    def line(count: int, what: str) -> str:
        return f"  {count:7}  {count / report.compared:8.3%}  {what}"

    lines = ["", "official class against the second implementation (river table unless said)"]
    lines += [line(count, kind) for kind, count in report.kinds.items()]
    lines.append(line(report.agree_with_lake_table_where_it_applies, "agree, lake table where the release shows it"))
    lines.append(f"  three classes or more apart: {report.three_classes_or_more_apart}")
    return lines


def _examples(kind: str, found: list[Verdict]) -> list[str]:
    return [
        f"  {kind}: {verdict.row.section} {verdict.row.time} ({verdict.row.where}) "
        f"official {verdict.row.label}, river {verdict.river}, lake {verdict.lake}: "
        + ", ".join(f"{name} {float(value):g}" for name, value in sorted(verdict.row.values.items()))
        for verdict in [verdict for verdict in found if verdict.kind == kind][:EXAMPLES]
    ]


if __name__ == "__main__":
    sys.exit(main())
