"""`manage.py new_district DISTRICT.toml FOLDER`: set a district up from sheets and GIS files."""

import argparse
from pathlib import Path
from typing import Any

from geo_portal.setup.folder import FolderAnswer, as_json, load_folder
from geo_portal.setup.record_file import read_district_file
from ui.commands import AnsweringCommand

TOLD = 20
"""Refused rows of a file in words; the JSON has all."""


class Command(AnsweringCommand):
    name = "new_district"
    help = "Set a district up from DISTRICT.toml and a folder of sheets and GIS files (docs/a-new-district.md)."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("district", type=Path, help="DISTRICT.toml: names, codes, box, base map, rules")
        parser.add_argument("folder", type=Path, help="files named by dataset: areas.csv, points.zip, 监测点位.xlsx")
        parser.add_argument("--check", action="store_true", help="say what would happen, and write nothing")
        parser.add_argument("--beside", action="store_true", help="a further district under the city of those there")
        super().add_arguments(parser)

    def handle(self, *args: Any, **given: Any) -> None:
        super().handle(*args, **given)
        if not self.read.is_clean:
            self.end_refused("rows-refused", f"{_refused(self.read)} rows or files were left out")

    def answer(self, given: dict[str, Any]) -> dict[str, Any]:
        record = read_district_file(given["district"])
        self.read = load_folder(record, given["folder"], check=given["check"], beside=given["beside"])
        return as_json(self.read, "checked" if given["check"] else "loaded")

    def print_result(self, body: dict[str, Any]) -> None:
        self._tell(self.read, body["status"])

    def _tell(self, answer: FolderAnswer, status: str) -> None:
        self.stdout.write(f"{answer.code}: {status}")
        for file in answer.files:
            if file.answer is None:
                self.stdout.write(f"  {file.name}: refused: {file.refusal}")
                continue
            counts = ", ".join(f"{count} {name}" for name, count in file.answer.counts.items() if count)
            self.stdout.write(f"  {file.name}: {counts or 'nothing'}; {file.answer.missing_total} not in the file")
            refused = [(row, error) for row in file.answer.outcomes for error in row.errors]
            for row, error in refused[:TOLD]:
                self.stdout.write(f"    row {row.number} {error.field}: {error.code}: {error.message}")
        if answer.rules_left:
            self.stdout.write(f"  rules left out, for those of the city hold: {', '.join(answer.rules_left)}")
        for name in answer.unused:
            self.stdout.write(f"  {name}: no dataset is called so")


def _refused(answer: FolderAnswer) -> int:
    return sum(file.answer.counts["refused"] if file.answer else 1 for file in answer.files)
