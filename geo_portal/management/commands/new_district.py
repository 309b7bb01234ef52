"""`manage.py new_district DISTRICT.toml FOLDER`: set a district up from sheets and GIS files."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from geo_portal.setup.folder import FolderAnswer, as_json, load_folder
from geo_portal.setup.record_file import read_district_file
from geokit.refusal import Refusal

REFUSED = 2
TOLD = 20
"""Refused rows of a file in words; the JSON has all."""


class Command(BaseCommand):
    help = "Set a district up from DISTRICT.toml and a folder of sheets and GIS files (docs/a-new-district.md)."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("district", type=Path, help="DISTRICT.toml: names, codes, box, base map, rules")
        parser.add_argument("folder", type=Path, help="files named by dataset: areas.csv, points.zip, 监测点位.xlsx")
        parser.add_argument("--check", action="store_true", help="say what would happen, and write nothing")
        parser.add_argument("--beside", action="store_true", help="a further district under the city of those there")
        parser.add_argument("--json", action="store_true", help="print the answer as JSON")

    def handle(self, *args: Any, **given: Any) -> None:
        try:
            record = read_district_file(given["district"])
            answer = load_folder(record, given["folder"], check=given["check"], beside=given["beside"])
        except Refusal as refusal:
            self._refuse(refusal, given)
            return
        status = "checked" if given["check"] else "loaded"
        if given["json"]:
            self.stdout.write(json.dumps(as_json(answer, status), ensure_ascii=False))
        else:
            self._tell(answer, status)
        if not answer.is_clean:
            self.stderr.write(f"new_district: rows-refused: {_refused(answer)} rows or files were left out")
            sys.exit(REFUSED)

    def _refuse(self, refusal: Refusal, given: dict[str, Any]) -> None:
        message = " ".join(dict.fromkeys([refusal.message, *(error.message for error in refusal.errors)]))
        if given["json"]:
            error = {"code": refusal.code, "message": message}
            self.stdout.write(json.dumps({"status": "refused", "error": error}, ensure_ascii=False))
        self.stderr.write(f"new_district: {refusal.code}: {' '.join(message.split())}")
        sys.exit(REFUSED)

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
