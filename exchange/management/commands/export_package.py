"""`manage.py export_package OUT.zip`: what this instance shows, signed (docs/exchange.md)."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from exchange.sending.services import export_package
from exchange.standard.kinds import KINDS
from geokit.refusal import BadInput, Refusal

REFUSED = 2


class Command(BaseCommand):
    help = "Write a signed package of what this instance shows to others (docs/exchange.md)."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("target", type=Path, help="a new file that ends in .zip")
        parser.add_argument("--to", default="", help="the code of a partner: what is agreed with it, for it alone")
        parser.add_argument("--kinds", nargs="*", choices=list(KINDS), default=[], help="these only")
        parser.add_argument("--json", action="store_true", help="print what was written as JSON")

    def handle(self, *args: Any, **given: Any) -> None:
        try:
            written = self._write(given)
        except (Refusal, OSError) as error:
            code = error.code if isinstance(error, Refusal) else "not-written"
            if given["json"]:
                said = {"status": "refused", "error": {"code": code, "message": str(error)}}
                self.stdout.write(json.dumps(said, ensure_ascii=False))
            self.stderr.write(f"export_package: {code}: {error}")
            sys.exit(REFUSED)
        for reason in written.reasons:
            self.stderr.write(f"export_package: left out: {reason}")
        said = {
            "status": "exported", "records": dict(written.records), "files": written.files,
            "left_out": written.left_out,
        }  # fmt: skip
        self.stdout.write(json.dumps(said, ensure_ascii=False) if given["json"] else f"{given['target']}: {said}")

    def _write(self, given: dict[str, Any]) -> Any:
        target: Path = given["target"]
        if target.suffix.lower() != ".zip" or target.exists():
            raise BadInput("the target must be a new file that ends in .zip", code="target")
        half = target.with_name(f".{target.name}.half")
        try:
            written = export_package(half, to=given["to"], kinds=given["kinds"])
            half.replace(target)
        finally:
            half.unlink(missing_ok=True)
        return written
