"""`manage.py export_district TARGET`: everything readable as GeoPackage, CSV and files, with a page about it."""

import argparse
from pathlib import Path
from typing import Any

from geo_portal.leaving.services import export_district
from ui.commands import AnsweringCommand


class Command(AnsweringCommand):
    name = "export_district"
    help = "Write everything readable to a .zip or a new folder (docs/a-new-district.md, Leaving)."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("target", type=Path, help="a file that ends in .zip, or a folder that is new or empty")
        super().add_arguments(parser)

    def answer(self, given: dict[str, Any]) -> dict[str, Any]:
        done = export_district(given["target"], say=lambda *step: self._say(*step, given=given))
        return {"status": "exported", **done.as_json(), "target": str(given["target"])}

    def print_result(self, body: dict[str, Any]) -> None:
        self.stdout.write(f"{body['target']}: {_words(body)}")

    def _say(self, done: int, of: int, what: str, *, given: dict[str, Any]) -> None:
        if not given["json"] and given["verbosity"] > 1:
            self.stdout.write(f"{done}/{of} {what}")


def _words(done: dict[str, Any]) -> str:
    rows = sum(done["tables"].values())
    return (
        f"{len(done['tables'])} tables with {rows} rows, {len(done['layers'])} layers, {done['files']} files "
        f"({done['unreadable_files']} could not be read), {done['bytes']} bytes"
    )
