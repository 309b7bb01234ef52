"""`manage.py export_district TARGET`: everything readable as GeoPackage, CSV and files, with a page about it."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from geo_portal.leaving.services import export_district
from geo_portal.leaving.written import Exported
from geokit.refusal import Refusal

REFUSED = 2


class Command(BaseCommand):
    help = "Write everything readable to a .zip or a new folder (docs/a-new-district.md, Leaving)."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("target", type=Path, help="a file that ends in .zip, or a folder that is new or empty")
        parser.add_argument("--json", action="store_true", help="print what was written as JSON")

    def handle(self, *args: Any, **given: Any) -> None:
        try:
            done = export_district(given["target"], say=lambda *step: self._say(*step, given=given))
        except Refusal as refusal:
            if given["json"]:
                error = {"code": refusal.code, "message": refusal.message}
                self.stdout.write(json.dumps({"status": "refused", "error": error}, ensure_ascii=False))
            self.stderr.write(f"export_district: {refusal.code}: {refusal.message}")
            sys.exit(REFUSED)
        if given["json"]:
            self.stdout.write(json.dumps({"status": "exported", **done.as_json()}, ensure_ascii=False))
        else:
            self.stdout.write(f"{given['target']}: {_words(done)}")

    def _say(self, done: int, of: int, what: str, *, given: dict[str, Any]) -> None:
        if not given["json"] and given["verbosity"] > 1:
            self.stdout.write(f"{done}/{of} {what}")


def _words(done: Exported) -> str:
    rows = sum(done.tables.values())
    return (
        f"{len(done.tables)} tables with {rows} rows, {len(done.layers)} layers, {done.files} files "
        f"({done.unreadable} could not be read), {done.bytes} bytes"
    )
